"""``geoapp applications``: list them, or give one as JSON."""

from __future__ import annotations

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text


@click.command()
@click.argument("number", type=click.IntRange(1, 2**63 - 1), required=False)
def applications(number: int | None) -> None:
    """列出申报，或以 JSON 给出一份 / List applications, or give one whole as JSON."""
    import orjson

    from geoapp.operations.applications.document import application_document
    from geoapp.operations.applications.read import list_applications, read_application

    with open_store() as (settings, database):
        if number is not None:
            whole = read_application(database, settings, number)
            click.echo(orjson.dumps(application_document(whole), option=orjson.OPT_INDENT_2))
            return
        found = list_applications(database, settings)
    if not found:
        say(Text("没有申报", "No applications"))
    for one in found:
        words = f"{one.record.id}\t{one.state.text.both()}\t{one.track.text.both()}"
        click.echo(f"{words}\t{one.name}\t{one.record.subject}")
