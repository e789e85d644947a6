"""Ask the reference implementation of opening hours (npm ``opening_hours``) about our own strings.

The verdicts are kept in ``tests/core/hours/oracle.json``, so that the tests need no Node. The
strings are made here, from a seed: tags as mappers write them, words as people write them, and
rules joined at random. Run it anew after the strings or the package's version change:

    .venv/bin/python scripts/hours_oracle.py

Needs Node and npm; the package is installed into a folder that is deleted again.
"""

import json
import os
import random
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "tests" / "core" / "hours" / "oracle.json"
VERSION = "3.15.0"
SEED = 20261128
RANDOM_STRINGS = 700

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

QINGDAO = {"lat": "36.07", "lon": "120.38", "country": "cn", "zone": "Asia/Shanghai"}
HELSINKI = {"lat": "60.17", "lon": "24.94", "country": "fi", "zone": "Europe/Helsinki"}
# A week in November, and days beside which a month, a year or a summer begins.
DATES = (
    *(f"2026-11-{day}" for day in range(23, 30)),
    "2026-12-31",
    "2027-01-01",
    "2026-06-14",
    "2026-03-01",
)
TIMES = ("00:10", "01:40", "03:30", "05:50", "07:15", "08:45", "10:30", "12:20", "14:50", "17:10")
TIMES += ("19:40", "22:30")
HOLIDAY_DATES = ("2026-01-05", "2026-01-06", "2026-01-07", "2026-04-03", "2026-05-01", "2026-05-13")
# Not the day after Christmas Eve, of which two tables of Finland's holidays think differently.
HOLIDAY_DATES += ("2026-05-14", "2026-11-24", "2026-12-26", "2026-12-27", "2026-12-28")

# Where hours speak of public holidays; asked about Finland.
HOLIDAY_STRINGS = (
    "Mo-Fr 09:00-17:00",
    "Mo-Su 10:00-16:00",
    "10:00-16:00; PH off",
    "24/7; PH off",
    "PH 10:00-12:00",
    "PH off; Mo-Fr 09:00-17:00",
    "PH off; Mo-Sa 09:00-17:00; Su 10:00-12:00",
    "Mo-Fr 09:00-17:00; PH off",
    "Mo-Fr 09:00-17:00, PH off",
    "Mo-Fr 09:00-17:00; PH 10:00-12:00",
    "Mo-Fr,PH 09:00-17:00",
    "Mo-Su,PH 08:00-20:00",
    "Mo-Fr 09:00-17:00; Su,PH 12:00-14:00",
    "PH,Mo-Fr 09:00-12:00; Sa 10:00-11:00",
    "Mo-Sa 18:00-02:00; PH off",
    "Mo-Su 18:00-02:00; PH 20:00-24:00",
    "PH -1 day off; Mo-Fr 09:00-17:00",
    "Mo-Fr 09:00-17:00; PH -1 day off",
    "Mo-Fr 09:00-17:00; PH -1 day 09:00-12:00; PH off",
    "PH -1 day 09:00-12:00; Mo-Fr 09:00-17:00; PH off",
    "Mo-Fr 09:00-17:00; PH +1 day 12:00-13:00",
    "Dec PH off; Mo-Fr 09:00-17:00",
    "Mo-Fr 09:00-17:00; Dec PH off",
    "Jun-Aug PH off; Mo-Su 09:00-17:00",
    "Mo-Su 08:00-20:00; PH unknown",
)

Make = Callable[[random.Random], str]


def _time(rng: random.Random, hour: int) -> str:
    return f"{hour:02d}:{rng.choice(('00', '00', '30', '15', '45'))}"


def _day_span(rng: random.Random) -> str:
    start = rng.randint(5, 18)
    return f"{_time(rng, start)}-{_time(rng, rng.randint(start + 1, 23))}"


def _span(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.62:
        return _day_span(rng)
    if kind < 0.8:
        return f"{_time(rng, rng.randint(14, 23))}-{_time(rng, rng.randint(0, 8))}"
    if kind < 0.86:
        return f"{_time(rng, rng.randint(16, 23))}-{_time(rng, rng.randint(25, 30))}"
    if kind < 0.89:
        return f"{_time(rng, rng.randint(6, 22))}+"
    if kind < 0.92:
        start = rng.randint(6, 18)
        return f"{_time(rng, start)}-{_time(rng, start + 3)}+"
    if kind < 0.96:
        suns = ("sunrise-sunset", "10:00-sunset", "dawn-dusk", "sunset-23:00")
        return rng.choice((*suns, "(sunrise+01:00)-(sunset-01:00)"))
    return "00:00-24:00"


def _spans(rng: random.Random) -> str:
    count = rng.choice((1, 1, 1, 2, 2, 3))
    if count > 1 and rng.random() < 0.7:
        hours = sorted(rng.sample(range(24), 2 * count))
        pairs = zip(hours[::2], hours[1::2], strict=True)
        return ",".join(f"{_time(rng, first)}-{_time(rng, last)}" for first, last in pairs)
    return ",".join(_span(rng) for _ in range(count))


def _days(rng: random.Random) -> str:
    kind = rng.random()
    if kind < 0.4:
        return "-".join(rng.sample(DAYS, 2))
    if kind < 0.6:
        return rng.choice(DAYS)
    if kind < 0.75:
        return rng.choice((",", ", ")).join(rng.sample(DAYS, rng.randint(2, 4)))
    if kind < 0.85:
        first, last, other = rng.sample(DAYS, 3)
        return f"{first}-{last},{other}"
    if kind < 0.93:
        return "Mo-Su"
    return f"{rng.choice(DAYS)}[{rng.choice(('1', '2', '-1', '1,3', '1-2', '4', '5'))}]"


def _dates(rng: random.Random) -> str:
    kind = rng.random()
    first, last = rng.sample(MONTHS, 2)
    if kind < 0.3:
        return f"{first}-{last}"
    if kind < 0.4:
        return first
    if kind < 0.5:
        return f"{first},{last}"
    if kind < 0.7:
        return f"{first} {rng.randint(1, 28):02d}-{last} {rng.randint(1, 28):02d}"
    if kind < 0.8:
        return f"{first} {rng.randint(1, 14):02d}-{rng.randint(15, 28):02d}"
    if kind < 0.9:
        return f"{first} {rng.randint(1, 28):02d}"
    if kind < 0.94:
        return f"week {rng.randint(1, 20)}-{rng.randint(21, 53)}{rng.choice(('', '/2'))}"
    if kind < 0.97:
        return f"2026 {first} {rng.randint(1, 28):02d}"
    return rng.choice(("2026", "2026-2027", "2027+"))


def _rule(rng: random.Random) -> str:
    words = []
    if rng.random() < 0.2:
        words.append(_dates(rng) + rng.choice(("", "", "", ":")))
    if rng.random() < 0.8:
        words.append(_days(rng))
    if rng.random() < 0.85:
        words.append(_spans(rng))
    state = rng.random()
    endings = ((0.12, "off"), (0.14, "closed"), (0.16, "open"), (0.18, "unknown"))
    endings += ((0.21, '"by call"'), (0.22, 'open "x"'), (0.23, 'off "x"'))
    ending = next((word for share, word in endings if state < share), None)
    if ending is not None:
        words.append(ending)
    return " ".join(words) if words else _spans(rng)


def _joined(rng: random.Random) -> str:
    text = _rule(rng)
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 2, 3))):
        text += rng.choice(("; ", "; ", "; ", ";", ", ", " || ")) + _rule(rng)
    return text


def _week(rng: random.Random) -> str:
    """Return a tag as most are: weekdays, then the weekend."""
    weekend = rng.choice(("Sa", "Sa-Su", "Sa,Su", "Sa, Su"))
    night = f"{_time(rng, rng.randint(16, 22))}-{_time(rng, rng.randint(0, 5))}"
    weekdays = rng.choice((_day_span(rng), f"{_day_span(rng)}", night))
    end = rng.choice((_day_span(rng), "off", night, f"{_day_span(rng)} off"))
    return f"{rng.choice(('Mo-Fr', 'Mo - Fr', 'mo-fr', 'Mo-Th'))} {weekdays}; {weekend} {end}"


def _english(rng: random.Random) -> str:
    """Return hours in English words that the reference reads too."""
    first, last = rng.randint(7, 11), rng.randint(1, 11)
    times = rng.choice(
        (f"{first}am-{last}pm", f"{first} am - {last} pm", f"{first}:30am-{last}:00pm")
    )
    days = rng.choice(("Mon-Fri", "Monday-Friday", "Tue-Sun", "Mon - Sat", "Monday - Thursday"))
    more = rng.choice(("", "; Sat 10:00-14:00", "; Sunday 11am-4pm", ", Su 12:00-15:00"))
    return f"{days} {times}{more if 'Sun' not in days and 'Sat' not in days else ''}"


def _strings() -> list[str]:
    rng = random.Random(SEED)
    found: dict[str, None] = {}
    for make, count in ((_week, 150), (_english, 60), (_joined, RANDOM_STRINGS)):
        for _ in range(count):
            found[make(rng)] = None
    return list(found)


_SCRIPT = """
import hours from 'opening_hours';
import fs from 'fs';
const asked = JSON.parse(fs.readFileSync(0));
const place = {lat: asked.place.lat, lon: asked.place.lon,
               address: {country_code: asked.place.country, state: ''}};
for (const name of ['log', 'info', 'warn', 'error']) console[name] = () => {};
const moments = asked.moments.map(text => new Date(text));
process.stdout.write(JSON.stringify(asked.strings.map(text => {
  try {
    const found = new hours(text, place, {mode: 0, warnings_severity: 4});
    return moments.map(at =>
      found.getUnknown(at) ? '?' : found.getState(at) ? '1' : '0').join('');
  } catch { return null; }
})));
"""


def _ask(
    folder: Path, place: dict[str, str], strings: list[str], moments: list[str]
) -> list[str | None]:
    asked = json.dumps({"place": place, "strings": strings, "moments": moments})
    done = subprocess.run(
        ["node", "oracle.mjs"],
        cwd=folder,
        input=asked,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TZ": place["zone"]},
    )
    answers: list[str | None] = json.loads(done.stdout)
    return answers


def main() -> None:
    """Write the verdicts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "package.json").write_text('{"private": true}')
        (folder / "oracle.mjs").write_text(_SCRIPT)
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
        subprocess.run([*install, f"opening_hours@{VERSION}"], cwd=folder, check=True)
        sets = []
        for place, dates, strings in (
            (QINGDAO, DATES, _strings()),
            (HELSINKI, HOLIDAY_DATES, list(HOLIDAY_STRINGS)),
        ):
            moments = [f"{day}T{time}" for day in dates for time in TIMES]
            answers = _ask(folder, place, strings, moments)
            known = {
                text: answer
                for text, answer in zip(strings, answers, strict=True)
                if answer is not None
            }
            sets.append({"place": place, "dates": dates, "times": TIMES, "answers": known})
    TARGET.write_text(
        json.dumps({"package": f"opening_hours {VERSION}", "sets": sets}, indent=0) + "\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
