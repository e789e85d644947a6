"""The command ``geoapp``: one command, one operation."""

import click

from geoapp import __version__
from geoapp.commands import (
    actions,
    admin,
    ask,
    boundaries,
    calendar,
    coverage,
    export,
    import_,
    serve,
    site,
    users,
)
from geoapp.commands import (
    map as map_command,
)
from geoapp.core.errors import GeoappError, MissingPartError, UnavailableError

# Exit codes by the meaning of an error; 3 (some rows rejected) is an answer, not an error.
EXIT_CODES: dict[type[GeoappError], int] = {UnavailableError: 4, MissingPartError: 4}
EXIT_UNUSABLE_INPUT = 2


class Commands(click.Group):
    """A group whose commands print an error in both languages and end with its exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what went wrong is said in both languages."""
        try:
            return super().invoke(ctx)
        except GeoappError as error:
            click.echo(error.text.zh, err=True)
            click.echo(error.text.en, err=True)
            code = next(
                (EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES),
                EXIT_UNUSABLE_INPUT,
            )
            ctx.exit(code)


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="geoapp")
def main() -> None:
    """户外劳动者服务站点地图 / Maps of outdoor workers' service stations."""


for command in (
    serve.init,
    serve.demo,
    serve.serve,
    serve.worker,
    boundaries.boundaries,
    ask.nearest,
    coverage.coverage,
    site.site,
    actions.actions,
    map_command.map_,
    users.user,
    calendar.calendar,
    import_.import_,
    export.export,
    admin.doctor,
    admin.backup,
    admin.restore,
):
    main.add_command(command)
