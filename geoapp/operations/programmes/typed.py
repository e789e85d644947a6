"""A plan typed in through a page: the document that it stands in, and one promise a row."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.programme_files import check_programme
from geoapp.core.programmes import DIVIDED, Comparator, Programme, Unit
from geoapp.core.settings import Settings
from geoapp.operations.programmes.imports import add_programme
from geoapp.store.engine import Database
from geoapp.store.programmes.write import programme_codes

PLAN_FIELDS: Final = {
    "zh": Text("计划名称", "Name of the plan"),
    "en": Text("英文名称（可不填）", "Name in English (may be left out)"),
    "issuer_zh": Text("发文机关（可不填）", "Issuer (may be left out)"),
    "number": Text("文号（可不填）", "Document number (may be left out)"),
    "published_on": Text("发文日期（可不填）", "Published on (may be left out)"),
    "url": Text("网址（可不填）", "Address (may be left out)"),
}
PROMISE_FIELDS: Final = {
    "zh": Text("承诺什么", "What is promised"),
    "en": Text("英文（可不填）", "In English (may be left out)"),
    "comparator": Text("怎么比", "Compared"),
    "value": Text("数量", "Number"),
    "unit": Text("单位", "Unit"),
    "period_from": Text("从（可不填）", "From (may be left out)"),
    "due": Text("到", "Due"),
    "place": Text("文件中的位置", "Place in the document"),
    "counted": Text("怎么数", "Counted by"),
}
# A share takes a set to be of, awards and lists take what a document names: those come in a file.
UNITS: Final = tuple(one for one in Unit if one is not Unit.PER_CENT)
MOST_ROWS: Final = 40
_NEEDED: Final = ("zh", "value", "due", "place")


def add_typed(
    database: Database,
    settings: Settings,
    given: Mapping[str, str],
    region: str,
    rows: Sequence[Mapping[str, str]],
    kept_to: Sequence[str],
) -> str:
    """Store a plan as it was typed in, under a code of its own, and return the code.

    Parameters
    ----------
    given
        Of `PLAN_FIELDS`; what is left out is not known.
    region
        For which region the plan holds.
    rows
        The promises, each of `PROMISE_FIELDS`; a row without any text is passed over. ``counted`` is a
        kind of facilities, counted by the register's dates, or empty: what documents state is entered.
    kept_to
        The regions that the account is kept to; none is everywhere.

    Raises
    ------
    UnusableInputError
        Naming the first value that is not accepted, and where it stands.
    NotAllowedError
        If the region is none of the account's.
    ConflictError
        If somebody else entered a plan meanwhile.
    """
    with database.snapshot() as session:
        taken = programme_codes(session)
    plan = _plan(given, region, rows, taken)
    add_programme(database, settings, plan, plan.zh, kept_to, new=True)
    return plan.code


def _plan(
    given: Mapping[str, str], region: str, rows: Sequence[Mapping[str, str]], taken: Collection[str]
) -> Programme:
    name = given.get("zh", "").strip()
    if not name:
        raise _refused(None, PLAN_FIELDS["zh"], "", Text("名称", "a name"))
    number = next(one for one in range(1, len(taken) + 2) if f"plan-{region}-{one}" not in taken)
    code = f"plan-{region}-{number}"
    english = given.get("en", "").strip() or name
    document: dict[str, Any] = {
        "code": f"{code}-document",
        "title_zh": name,
        "title_en": english,
        "published_on": _day(None, PLAN_FIELDS["published_on"], given.get("published_on", "")),
    }
    for field in ("issuer_zh", "number", "url"):
        document[field] = given.get(field, "").strip() or None
    told = [
        (at, one)
        for at, one in enumerate(rows, start=1)
        if one.get("zh", "").strip() or one.get("value", "").strip()
    ]
    if not told:
        raise _refused(1, PROMISE_FIELDS["zh"], "", Text("至少一项承诺", "at least one promise"))
    return check_programme(
        {
            "code": code,
            "zh": name,
            "en": english,
            "region": region,
            "document": document["code"],
            "documents": [document],
            "indicators": [_promise(at, one, document["code"]) for at, one in told],
        },
        name,
    )


def _promise(at: int, row: Mapping[str, str], document: str) -> dict[str, Any]:
    """Return a row as an indicator's values."""
    for field in _NEEDED:
        if not row.get(field, "").strip():
            raise _refused(at, PROMISE_FIELDS[field], "", Text("不能空着", "something"))
    text = row["zh"].strip()
    unit = _one_of(at, "unit", row, tuple(UNITS))
    first = _day(at, PROMISE_FIELDS["period_from"], row.get("period_from", ""))
    due = _day(at, PROMISE_FIELDS["due"], row["due"])
    if first is not None and due is not None and first > due:
        raise _refused(
            at,
            PROMISE_FIELDS["period_from"],
            str(first),
            Text(f"不晚于 {due}", f"no later than {due}"),
        )
    kind = row.get("counted", "").strip()
    counted: dict[str, Any] = {"nature": "entered", "measure": "entered"}
    if kind:
        # From a first day on what opened since counts, without one what stands on the last.
        counted = {
            "nature": "stock" if first is None else "flow",
            "measure": "store",
            "rule": {"event": "opened", "kinds": [kind]},
        }
    return {
        "code": f"P-{at}",
        "zh": text,
        "en": row.get("en", "").strip() or text,
        "comparator": _one_of(at, "comparator", row, tuple(Comparator)),
        "value": _number(at, row["value"], parts=Unit(unit) in DIVIDED),
        "unit": unit,
        "period_from": first,
        "due": due,
        "document": document,
        "place": row["place"].strip(),
        **counted,
    }


def _one_of(at: int, field: str, row: Mapping[str, str], known: Sequence[str]) -> str:
    value = row.get(field, "").strip()
    if value not in known:
        raise _refused(at, PROMISE_FIELDS[field], value, Text("列出的一项", "one of those listed"))
    return value


def _number(at: int, given: str, *, parts: bool) -> float:
    text = given.strip().replace(",", "").replace("，", "")
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1e15 or not (parts or value.is_integer()):
        accepted = (
            Text(" 0 或更大的数", "a number of 0 or more")
            if parts
            else Text(" 0 或更大的整数", "a whole number of 0 or more")
        )
        raise _refused(at, PROMISE_FIELDS["value"], given, accepted)
    return value


def _day(at: int | None, label: Text, given: str) -> date | None:
    if not given.strip():
        return None
    try:
        return date.fromisoformat(given.strip())
    except ValueError:
        raise _refused(
            at, label, given, Text("日期，如 2026-12-31", "a date such as 2026-12-31")
        ) from None


def _refused(at: int | None, label: Text, given: str, accepted: Text) -> UnusableInputError:
    """Return the error that a value is not accepted: in which row, which one, and what is."""
    zh = "" if at is None else f"第 {at} 行："
    en = "" if at is None else f"Row {at}: "
    value = given.strip()[:40]
    if not value:
        return UnusableInputError(
            Text(
                f"{zh}“{label.zh}”没有填写：应为{accepted.zh}。",
                f"{en}“{label.en}” is empty: {accepted.en} is needed.",
            )
        )
    return UnusableInputError(
        Text(
            f"{zh}“{label.zh}”不能是“{value}”：应为{accepted.zh}。",
            f"{en}“{label.en}” cannot be “{value}”: {accepted.en} is needed.",
        )
    )
