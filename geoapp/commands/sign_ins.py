"""``geoapp sign-ins``: who signed in or tried to."""

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text

_MOST = 10_000


@click.command("sign-ins")
@click.argument("name", required=False)
@click.option("--failed", is_flag=True, help="只看没成功的 / those that failed alone")
@click.option("--since", default="", help="日期或时刻 / a date or a moment")
@click.option("--limit", type=click.IntRange(1, _MOST), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="JSON")
@click.option("-o", "output", type=click.Path(path_type=Path), help=".csv 或 / or .xlsx")
def sign_ins(
    name: str | None, failed: bool, since: str, limit: int, as_json: bool, output: Path | None
) -> None:
    """谁登录过、谁试过 / Who signed in or tried to: one user, or all; the latest first."""
    from geoapp.core.sign_ins import FAILED, OUTCOME_TEXT, WAY_TEXT, Outcome, Way
    from geoapp.operations.history.read import parse_since
    from geoapp.operations.upkeep.sign_ins import SignInFilter, export_sign_ins, list_sign_ins

    with open_store() as (settings, database):
        wanted = SignInFilter(
            name=name,
            outcomes=FAILED if failed else (),
            since=parse_since(since, settings.timezone),
        )
        if output is not None:
            count = export_sign_ins(database, settings, wanted, output)
            say(Text(f"已写 {count} 条到 {output}", f"Wrote {count} entries to {output}"))
            return
        found = list_sign_ins(database, wanted, limit=limit)
    if as_json:
        documents = [
            {
                "number": one.id,
                "last": one.at.isoformat(),
                "first": one.first_at.isoformat(),
                "tries": one.tries,
                "name": one.name or None,
                "way": one.way,
                "outcome": one.outcome,
                "network": one.network or None,
                "device": one.device or None,
                "key": one.key_name or None,
            }
            for one in found
        ]
        click.echo(json.dumps({"sign_ins": documents}, ensure_ascii=False))
        return
    if not found:
        say(Text("没有这样的登录", "There is no such sign-in"))
    zone = ZoneInfo(settings.timezone)
    for one in found:
        outcome, way = OUTCOME_TEXT[Outcome(one.outcome)], WAY_TEXT[Way(one.way)]
        cells = [
            f"{one.at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            one.name or "-",
            outcome.both(),
            way.both(),
            f"×{one.tries}",
            one.network or "-",
            one.device or one.key_name or "-",
        ]
        click.echo("\t".join(cells))
