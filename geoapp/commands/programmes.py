"""``geoapp programmes``: published promises, the facts, and where each stands."""

from __future__ import annotations

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text


@click.command()
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="哪一天的情况，默认今天 / on which day, by default today",
)
@click.option("--json", "as_json", is_flag=True, help="与接口相同的 JSON / the API's JSON")
def programmes(as_of: object, *, as_json: bool) -> None:
    """已公布的指标：承诺、事实、状态 / Published promises: promise, fact, state."""
    from datetime import datetime

    from geoapp.operations.programmes.read import read_board
    from geoapp.operations.upkeep.init import initialise
    from geoapp.reports.words.programmes import basis_text, fact_text, promise_text, state_text

    day = as_of.date() if isinstance(as_of, datetime) else None
    with open_store() as (settings, database):
        initialise(database)
        board = read_board(database, settings, day)
    if as_json:
        import orjson

        from geoapp.operations.programmes.document import indicator_document

        indicators = [indicator_document(one) for found in board for one in found.standings]
        shown = board[0].day if board else day
        click.echo(orjson.dumps({"as_of": shown, "indicators": indicators}))
        return
    for found in board:
        if not found.standings:
            continue
        say(
            Text(
                f"{found.programme.name.zh}（{found.programme.code}），{found.day.isoformat()}",
                f"{found.programme.name.en} ({found.programme.code}), {found.day.isoformat()}",
            )
        )
        for one in found.standings:
            promise, fact = promise_text(one), fact_text(one)
            state, basis = state_text(one), basis_text(one)
            name = one.indicator.name
            click.echo(
                f"{one.indicator.code}\t{name.zh}：{promise.zh}；{fact.zh}（{basis.zh}）；{state.zh}\n"
                f"\t{name.en}: {promise.en}; {fact.en} ({basis.en}); {state.en}"
            )
