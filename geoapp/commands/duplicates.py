"""``geoapp duplicates`` and ``geoapp merge``: facilities that may be one, and making one of two."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from geoapp.commands.context import open_store, say
from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.operations.duplicates.find import State
    from geoapp.operations.duplicates.merge import MergePlan

_MOST = 20_000


@click.command()
@click.option("--region", help="区域代码，含下级 / region code, with those below")
@click.option(
    "--state",
    type=click.Choice(["open", "later", "different"]),
    default="open",
    show_default=True,
    help="待判断、以后再看、不是同一处 / to decide, put off, not the same",
)
@click.option("--limit", type=click.IntRange(1, _MOST), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="与接口相同的 JSON / the API's JSON")
@click.option("--different", nargs=2, metavar="A B", help="不是同一处 / they are not the same")
@click.option("--later", nargs=2, metavar="A B", help="以后再看 / put off")
@click.option("--reopen", nargs=2, metavar="A B", help="收回判断 / ask again")
def duplicates(
    region: str | None,
    state: State,
    limit: int,
    as_json: bool,
    different: tuple[str, str] | None,
    later: tuple[str, str] | None,
    reopen: tuple[str, str] | None,
) -> None:
    """可能是同一处的站点 / Facilities that may be one, the most alike first; and deciding on them."""
    from geoapp.operations.duplicates.decide import decide
    from geoapp.operations.duplicates.find import DuplicateFinder, pair_document
    from geoapp.reports.words.duplicates import likeness_text

    asked: dict[State, tuple[str, str] | None] = {
        "different": different,
        "later": later,
        "open": reopen,
    }
    decided = {one: codes for one, codes in asked.items() if codes}
    with open_store() as (_, database):
        for verdict, codes in decided.items():
            decide(database, *codes, verdict)
            say(Text(f"已记住：{' 和 '.join(codes)}", f"Remembered: {' and '.join(codes)}"))
        if decided:
            return
        page = DuplicateFinder(database).listed(region, state, limit=limit)
    if as_json:
        body = {
            "total": page.total,
            "is_cut": page.is_cut,
            "pairs": [pair_document(one, state) for one in page.pairs],
        }
        click.echo(json.dumps(body, ensure_ascii=False))
        return
    for one in page.pairs:
        names = [
            f"{record.code} {record.properties['name_zh']}" for record in (one.first, one.second)
        ]
        told = likeness_text(one.alike, one.distance_m, one.same_phone)
        click.echo(f"{names[0]}\t{names[1]}\n\t{told.zh} / {told.en}")
    say(Text(f"共 {page.total:,} 对", f"Pairs: {page.total:,}"))


@click.command()
@click.argument("code")
@click.argument("other")
@click.option(
    "--take",
    multiple=True,
    metavar="FIELD=SIDE",
    help="某项取谁的：survivor 或 other / whose value of a field: survivor or other",
)
@click.option(
    "--far", is_flag=True, help="相距超过 500 m 也合并 / though they stand over 500 m apart"
)
@click.option("--dry-run", is_flag=True, help="只列出不同之处 / only list what differs")
@click.option("--reason", help="原因 / why")
@click.option("--json", "as_json", is_flag=True)
def merge(
    code: str,
    other: str,
    take: tuple[str, ...],
    far: bool,
    dry_run: bool,
    reason: str | None,
    as_json: bool,
) -> None:
    """把 OTHER 并入 CODE / Merge OTHER into CODE, which keeps its code; an undo brings both back."""
    from geoapp.operations.duplicates.merge import merge_facilities, plan_merge
    from geoapp.reports.words.duplicates import merged_text

    chosen = dict(_side(one) for one in take)
    with open_store() as (settings, database):
        if dry_run:
            _show(plan_merge(database, code, other), as_json=as_json)
            return
        done = merge_facilities(database, settings, code, other, chosen, far=far, reason=reason)
    if as_json:
        click.echo(json.dumps(done.document(), ensure_ascii=False))
        return
    say(merged_text(done.code, done.merged, done.change_set))


def _side(words: str) -> tuple[str, str]:
    field, sign, side = words.partition("=")
    if not sign:
        raise InvalidValueError("--take", words, Text("项=survivor 或 项=other", "FIELD=other"))
    return field, side


def _show(plan: MergePlan, *, as_json: bool) -> None:
    from geoapp.reports.words.duplicates import choice_text, choice_value_text

    if as_json:
        rows = [
            {
                "field": one.field,
                "survivor": one.survivor,
                "other": one.other,
                "side": one.side,
                "may_be_other": one.may_be_other,
            }
            for one in plan.choices
        ]
        click.echo(json.dumps({"choices": rows}, ensure_ascii=False, default=str))
        return
    for one in plan.choices:
        name = choice_text(one.field)
        values = [choice_value_text(one.field, value) for value in (one.survivor, one.other)]
        marks = ["*" if one.side == side else " " for side in ("survivor", "other")]
        click.echo(
            f"{one.field}\t{name.zh} / {name.en}\t{marks[0]}{values[0].zh}\t{marks[1]}{values[1].zh}"
        )
