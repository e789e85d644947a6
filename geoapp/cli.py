"""The command ``geoapp``: one command, one operation."""

import getpass
import os
from importlib import import_module

import click

from geoapp import __version__
from geoapp.core.acting import Acting, Via, declare
from geoapp.core.errors import GeoappError, MissingPartError, UnavailableError, full_disk

# Exit codes by the meaning of an error; 3 (some rows rejected) is an answer, not an error.
EXIT_CODES: dict[type[GeoappError], int] = {UnavailableError: 4, MissingPartError: 4}
EXIT_UNUSABLE_INPUT = 2

# Where each command stands: its module below `geoapp.commands`, and its name there. In the order in
# which ``geoapp --help`` shows them.
COMMANDS = {
    "init": "serve:init",
    "demo": "serve:demo",
    "serve": "serve:serve",
    "worker": "serve:worker",
    "boundaries": "boundaries:boundaries",
    "nearest": "ask:nearest",
    "along": "ask:along",
    "coverage": "coverage:coverage",
    "publish": "coverage:publish",
    "schedule": "coverage:schedule",
    "site": "site:site",
    "plan-report": "plan_report:plan_report",
    "compare": "compare:compare_",
    "verify": "verify:verify",
    "actions": "actions:actions",
    "map": "map:map_",
    "base-maps": "base_maps:base_maps",
    "user": "users:user",
    "sign-ins": "sign_ins:sign_ins",
    "webhook": "webhook:webhook",
    "calendar": "calendar:calendar",
    "import": "import_:import_",
    "export": "export:export",
    "applications": "applications:applications",
    "programmes": "programmes:programmes",
    "proposals": "proposals:proposals",
    "standards": "standards:standards",
    "report": "report:report",
    "history": "history:history",
    "undo": "history:undo",
    "duplicates": "duplicates:duplicates",
    "merge": "duplicates:merge",
    "public-maps": "public_maps:public_maps",
    "doctor": "admin:doctor",
    "backup": "admin:backup",
    "restore": "admin:restore",
    "prune": "admin:prune",
    "postgres": "postgres:postgres",
    "bundle": "bundle:bundle",
}


class Commands(click.Group):
    """A group that loads a command's module when it is called.

    Its commands print an error in both languages and end with its exit code.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands, none of which is loaded for it."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command; None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"geoapp.commands.{module}"), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what went wrong is said in both languages."""
        try:
            return super().invoke(ctx)
        except (GeoappError, OSError) as said:
            error = full_disk(said) or said
            if not isinstance(error, GeoappError):
                raise
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
    declare(Acting(Via.CLI, actor=_account()))


def _account() -> str:
    """Return the name of the account on this machine that runs the command, or its number."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())
