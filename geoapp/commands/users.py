"""``geoapp user``: who may sign in."""

import secrets
import sys

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text
from geoapp.core.roles import Role


@click.group()
def user() -> None:
    """用户 / Users."""


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, help=" | ".join(Role))
@click.option(
    "--replace", is_flag=True, help="已有用户换角色和密码 / give an existing user both anew"
)
@click.option(
    "--password-stdin", is_flag=True, help="从标准输入读密码 / read the password from stdin"
)
def add_user(name: str, role: str, replace: bool, password_stdin: bool) -> None:
    """添加用户；不给密码则随机生成并显示一次 / Add a user; a random password is shown once."""
    from geoapp.operations.upkeep.users import parse_role, save_user

    chosen = parse_role(role)
    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    password = secrets.token_urlsafe(12) if given is None else given
    with open_store() as (_settings, database):
        save_user(database, name, chosen, password, replace=replace)
    say(Text(f"已添加用户 {name}（{role}）", f"Added user {name} ({role})"))
    if given is None:
        say(Text(f"密码：{password}", f"Password: {password}"))


@user.command("list")
def show_users() -> None:
    """列出用户 / List the users."""
    from geoapp.operations.upkeep.users import list_users

    with open_store() as (_settings, database):
        for entry in list_users(database):
            click.echo(f"{entry.name}\t{entry.role}\t{'' if entry.active else 'inactive'}".rstrip())
