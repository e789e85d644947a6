"""``geoapp proposals``: the board, listed and exported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geoapp.commands.context import NewFile, open_store, say
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from geoapp.store.proposals import ProposalFilter


@click.group()
def proposals() -> None:
    """看板：方案里的站点办到哪一步 / The board: how far each site of the plans has come."""


_state = click.option(
    "--state",
    "states",
    multiple=True,
    help="进展 / proposed surveyed host_agreed approved building open dropped",
)
_region = click.option("--region", help="区域代码，含下级 / region code, with those below")


def _filter(states: tuple[str, ...], region: str | None) -> ProposalFilter:
    from geoapp.core.errors import InvalidValueError
    from geoapp.core.proposals import ProposalState
    from geoapp.store.proposals import ProposalFilter

    for one in states:
        if one not in set(ProposalState):
            names = ", ".join(ProposalState)
            raise InvalidValueError("--state", one, Text(names, names))
    return ProposalFilter(states=frozenset(states) or None, region=region)


@proposals.command("list")
@_state
@_region
@click.option("--json", "as_json", is_flag=True, help="一行一条的 JSON / JSON, one a line")
def list_(states: tuple[str, ...], region: str | None, *, as_json: bool) -> None:
    """列出看板上的站点 / List the proposals."""
    import orjson

    from geoapp.core.proposals import PROPOSAL_TEXT, ProposalState
    from geoapp.core.questions.siting import SitingParameters
    from geoapp.operations.proposals.export import row_of
    from geoapp.operations.proposals.read import list_proposals
    from geoapp.operations.upkeep.init import initialise
    from geoapp.reports.words.proposals import promise_text

    wanted = _filter(states, region)
    with open_store() as (settings, database):
        initialise(database)
        found = list_proposals(database, wanted)
    for one in found:
        if as_json:
            click.echo(orjson.dumps(row_of(one)))
            continue
        state = PROPOSAL_TEXT[ProposalState(one.state)]
        asked = SitingParameters.from_stored(one.question)
        told = promise_text(one.promised, asked, settings.timezone)
        click.echo(
            f"{one.id}\t{one.name_zh}：{state.zh}（{one.since}）；{told.zh}\n"
            f"\t{one.name_en or one.name_zh}: {state.en} ({one.since}); {told.en}"
        )
    if not found and not as_json:
        say(Text("看板上没有这样的站点。", "No such proposals."))


@proposals.command()
@click.option(
    "-o",
    "output",
    required=True,
    type=NewFile(),
    help="文件，.csv 或 .xlsx / the file, .csv or .xlsx",
)
@click.option(
    "--headers",
    type=click.Choice(["en", "zh"]),
    default="en",
    show_default=True,
    help="列名的语言 / language of the column names",
)
@_state
@_region
def export(output: Path, headers: Any, states: tuple[str, ...], region: str | None) -> None:
    """导出看板（.csv .xlsx）/ Export the proposals."""
    from geoapp.operations.proposals.export import export_proposals
    from geoapp.operations.upkeep.init import initialise

    wanted = _filter(states, region)
    with open_store() as (_settings, database):
        initialise(database)
        count = export_proposals(database, output, wanted, headers=headers)
    say(Text(f"{count} 处站点已写入 {output}", f"{count} proposals written to {output}"))
