"""``geoapp history`` and ``geoapp undo``: what changed, by whom, and taking it back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.operations.history.read import ToldSet

_MOST = 10_000


@click.command()
@click.argument("code", required=False)
@click.option("--since", default="", help="日期或时刻 / a date or a moment")
@click.option("--limit", type=click.IntRange(1, _MOST), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="与接口相同的 JSON / the API's JSON")
def history(code: str | None, since: str, limit: int, as_json: bool) -> None:
    """谁在什么时候改了什么 / What changed, when and by whom: of a facility, or of all."""
    from geoapp.operations.history.read import changes_since, history_of, parse_since
    from geoapp.reports.words.history import actor_text, story_line, via_text

    with open_store() as (settings, database):
        zone = settings.timezone
        moment = parse_since(since, zone)
        if code is None:
            sets = changes_since(database, since=moment, limit=limit)
        else:
            found = history_of(database, settings, code, limit=limit)
            sets = [one for one in found if moment is None or one.stored.at >= moment]
    if as_json:
        click.echo(
            json.dumps({"change_sets": [one.document() for one in sets]}, ensure_ascii=False)
        )
        return
    if not sets:
        say(Text("没有变更", "Nothing changed"))
    for one in sets:
        stored = one.stored
        via = via_text(stored.via)
        who = actor_text(stored.actor, stored.role, stored.api_key)
        who = Text(f"{who.zh}（{via.zh}）", f"{who.en} ({via.en})")
        line = story_line(stored.at, zone, who, _what(one))
        click.echo(f"{stored.id}\t{line.zh}\n\t{line.en}")


def _what(one: ToldSet) -> Text:
    if not one.lines:
        return Text(f"：{one.summary.zh}", one.summary.en)
    return Text(
        "；".join(line.text.zh for line in one.lines),
        "; ".join(line.text.en for line in one.lines),
    )


@click.command()
@click.argument("change_set", type=click.IntRange(min=1))
@click.option(
    "--keep",
    type=click.Choice(["current", "before"]),
    help="后来又改过的：保留现值，还是恢复原值 / what was changed since: stays, or goes back",
)
@click.option("--reason", help="原因 / why")
@click.option("--json", "as_json", is_flag=True)
def undo(
    change_set: int, keep: Literal["current", "before"] | None, reason: str | None, as_json: bool
) -> None:
    """撤销一组变更 / Take a change set back, all of it or nothing.

    编号见 geoapp history。后来又改过的值会列出，不会丢失。 Its number is in geoapp history; values
    that were changed since are listed and never lost.
    """
    from geoapp.operations.history.conflicts import UndoConflictError, conflict_documents
    from geoapp.operations.history.plan import undo_document
    from geoapp.operations.history.read import tell_conflicts
    from geoapp.operations.history.undo import undo_change_set
    from geoapp.reports.words.history import undo_text

    with open_store() as (settings, database):
        try:
            done = undo_change_set(
                database,
                settings,
                change_set,
                keep=keep,
                reason=reason,
            )
        except UndoConflictError as error:
            if as_json:
                listed = {"conflicts": conflict_documents(error.conflicts)}
                click.echo(json.dumps(listed, ensure_ascii=False))
            else:
                for text in tell_conflicts(database, error.conflicts):
                    click.echo(text.both(), err=True)
            raise
    if as_json:
        click.echo(json.dumps(undo_document(done), ensure_ascii=False))
        return
    say(undo_text(done))
    if done.change_set is not None:
        say(Text(f"变更编号 {done.change_set}", f"Change set {done.change_set}"))
