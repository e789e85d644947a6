"""``geoapp user``: who may sign in."""

import secrets
import sys
from typing import TYPE_CHECKING

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text
from geoapp.core.roles import Role

if TYPE_CHECKING:
    from geoapp.core.settings import Settings


@click.group()
def user() -> None:
    """用户 / Users."""


def _password(from_stdin: bool) -> tuple[bool, str]:
    """Return whether a password was given, and it or a random one."""
    if from_stdin:
        return True, sys.stdin.readline().rstrip("\n")
    return False, secrets.token_urlsafe(12)


@user.command("add")
@click.argument("name")
@click.option("--role", required=True, help=" | ".join(Role))
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="CODE",
    help="只可修改这些区域内的内容，可多次给出；不给则不限 / edits in these regions only; none = everywhere",
)
@click.option(
    "--replace",
    is_flag=True,
    help="已有用户换角色、区域和密码 / give an existing user all three anew",
)
@click.option(
    "--password-stdin", is_flag=True, help="从标准输入读密码 / read the password from stdin"
)
def add_user(
    name: str, role: str, regions: tuple[str, ...], replace: bool, password_stdin: bool
) -> None:
    """添加用户；不给密码则随机生成并显示一次 / Add a user; a random password is shown once."""
    from geoapp.operations.upkeep.users import parse_role, save_user

    chosen = parse_role(role)
    given, password = _password(password_stdin)
    with open_store() as (_settings, database):
        save_user(database, name, chosen, password, regions=regions, replace=replace)
    say(Text(f"已添加用户 {name}（{role}）", f"Added user {name} ({role})"))
    if not given:
        say(Text(f"密码：{password}", f"Password: {password}"))


def _say_link(settings: "Settings", token: str, days: float) -> None:
    from geoapp.operations.upkeep.links import link_path

    where = (settings.public_url or "").rstrip("/") + link_path(token)
    say(Text(f"{days:g} 天内有效，只能用一次：", f"Holds for {days:g} days, can be used once:"))
    click.echo(where)
    if settings.public_url is None:
        say(
            Text(
                "请在前面加上服务的网址；设了 GEOAPP_PUBLIC_URL 就会自动加上",
                "Put the service's address before it; GEOAPP_PUBLIC_URL does so by itself",
            )
        )


_DAYS = click.option("--days", type=float, help="链接几天内有效 / for how many days the link holds")


@user.command("invite")
@click.argument("name")
@click.option("--role", required=True, help=" | ".join(Role))
@click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="CODE",
    help="只可修改这些区域内的内容，可多次给出；不给则不限 / edits in these regions only; none = everywhere",
)
@_DAYS
def invite_user(name: str, role: str, regions: tuple[str, ...], days: float | None) -> None:
    """添加用户，并给一个由其设置密码的链接 / Add a user, who chooses the password by a link."""
    from geoapp.operations.upkeep.links import INVITE_DAYS, invite
    from geoapp.operations.upkeep.users import parse_role

    chosen, days = parse_role(role), INVITE_DAYS if days is None else days
    with open_store() as (settings, database):
        token = invite(database, name, chosen, regions=regions, days=days)
        say(Text(f"已邀请用户 {name}（{role}）", f"Invited user {name} ({role})"))
        _say_link(settings, token, days)


@user.command("reset-link")
@click.argument("name")
@_DAYS
def reset_link(name: str, days: float | None) -> None:
    """作废密码和全部登录，并给一个设置新密码的链接 / End password and sessions; a link for a new one."""
    from geoapp.operations.upkeep.links import RESET_DAYS, reset

    days = RESET_DAYS if days is None else days
    with open_store() as (settings, database):
        token = reset(database, name, days=days)
        said = Text(
            f"用户 {name} 的密码和登录已作废", f"Password and sessions of {name} are out of use"
        )
        say(said)
        _say_link(settings, token, days)


@user.command("reset-second-factor")
@click.argument("name")
def reset_factor(name: str) -> None:
    """关闭两步验证（手机丢了），并结束全部登录 / Second factor off, for a lost phone; every session ends."""
    from geoapp.operations.upkeep.second_factor import reset_second_factor

    with open_store() as (_settings, database):
        reset_second_factor(database, name)
    say(Text(f"用户 {name} 的两步验证已重置", f"{name} has no second factor any more"))


@user.command("role")
@click.argument("name")
@click.argument("role")
def change_role(name: str, role: str) -> None:
    """换角色，立即生效 / Give another role, from now on."""
    from geoapp.operations.upkeep.users import parse_role, set_rights

    chosen = parse_role(role)
    with open_store() as (_settings, database):
        set_rights(database, name, role=chosen)
    say(Text(f"用户 {name} 的角色：{role}", f"{name} is now: {role}"))


@user.command("password")
@click.argument("name")
@click.option(
    "--password-stdin", is_flag=True, help="从标准输入读密码 / read the password from stdin"
)
def change_password(name: str, password_stdin: bool) -> None:
    """换密码，并结束其全部登录 / Give a new password; every session ends."""
    from geoapp.operations.upkeep.users import set_password

    given, password = _password(password_stdin)
    with open_store() as (_settings, database):
        set_password(database, name, password)
    say(Text(f"用户 {name} 已换密码", f"User {name} has a new password"))
    if not given:
        say(Text(f"密码：{password}", f"Password: {password}"))


@user.command("regions")
@click.argument("name")
@click.argument("codes", nargs=-1, metavar="[CODE]...")
@click.option("--everywhere", is_flag=True, help="不限区域 / in all regions")
def keep_to_regions(name: str, codes: tuple[str, ...], everywhere: bool) -> None:
    """限定一个用户可以修改的区域 / Say in which regions a user may change things."""
    from geoapp.core.errors import InvalidValueError
    from geoapp.operations.upkeep.users import set_rights

    if bool(codes) == everywhere:
        accepted = Text("区域代码，或 --everywhere", "codes of regions, or --everywhere")
        raise InvalidValueError("CODE", " ".join(codes), accepted)
    with open_store() as (_settings, database):
        set_rights(database, name, regions=codes)
    where = " ".join(codes)
    say(
        Text(
            f"用户 {name} 可以修改的区域：{where or '不限'}",
            f"{name} may change things in: {where or 'all regions'}",
        )
    )


@user.command("disable")
@click.argument("name")
def disable_user(name: str) -> None:
    """停用账号，并结束其全部登录 / Keep a user from signing in; every session ends."""
    from geoapp.operations.upkeep.users import set_active

    with open_store() as (_settings, database):
        set_active(database, name, active=False)
    say(Text(f"已停用用户 {name}", f"User {name} is disabled"))


@user.command("enable")
@click.argument("name")
def enable_user(name: str) -> None:
    """恢复停用的账号 / Let a disabled user sign in again."""
    from geoapp.operations.upkeep.users import set_active

    with open_store() as (_settings, database):
        set_active(database, name, active=True)
    say(Text(f"已启用用户 {name}", f"User {name} is enabled"))


@user.command("sessions")
@click.argument("name")
@click.option("--end", metavar="ID|all", help="结束一处或全部登录 / end one session, or all")
def sessions(name: str, end: str | None) -> None:
    """列出或结束一个用户的登录 / List where a user is signed in, or end it."""
    from geoapp.core.errors import InvalidValueError
    from geoapp.core.units import format_moment
    from geoapp.operations.upkeep.sessions import end_session, end_sessions, list_sessions

    if end is not None and end != "all" and not end.isdecimal():
        accepted = Text("编号或 all", "a number, or all")
        raise InvalidValueError("--end", end, accepted)
    with open_store() as (settings, database):
        if end == "all":
            end_sessions(database, name)
            say(Text(f"已结束用户 {name} 的全部登录", f"Every session of {name} has ended"))
        elif end is not None:
            end_session(database, name, int(end))
            say(Text(f"已结束用户 {name} 的登录 {end}", f"Session {end} of {name} has ended"))
        else:
            for one in list_sessions(database, name):
                moments = (one.created_at, one.seen_at, one.expires_at)
                said = [format_moment(moment, settings.timezone).zh for moment in moments]
                click.echo("\t".join([str(one.id), one.device or "?", *said]))


@user.command("keys")
@click.argument("name")
@click.option("--new", metavar="NAME", help="建一个密钥并显示一次 / make a key, shown once")
@click.option("--scope", help="read（默认 / default）| write")
@click.option("--days", type=float, help="几天后到期 / after how many days it runs out")
@click.option("--revoke", metavar="ID|all", help="吊销一个或全部 / revoke one, or all")
def keys(
    name: str, new: str | None, scope: str | None, days: float | None, revoke: str | None
) -> None:
    """列出、建立或吊销一个用户的 API 密钥 / List, make or revoke a user's API keys."""
    from geoapp.core.errors import InvalidValueError
    from geoapp.core.units import format_moment
    from geoapp.operations.upkeep.api_keys import (
        DEFAULT_DAYS,
        MadeWith,
        Scope,
        list_keys,
        make_key,
        parse_scope,
        revoke_key,
        revoke_keys,
    )

    if revoke is not None and revoke != "all" and not revoke.isdecimal():
        accepted = Text("编号或 all", "a number, or all")
        raise InvalidValueError("--revoke", revoke, accepted)
    if new is not None and revoke is not None:
        accepted = Text("不与 --new 同用", "not together with --new")
        raise InvalidValueError("--revoke", revoke, accepted)
    if new is None and (scope is not None or days is not None):
        accepted = Text("与 --new 同用", "together with --new")
        option, value = ("--days", str(days)) if scope is None else ("--scope", scope)
        raise InvalidValueError(option, value, accepted)
    with open_store() as (settings, database):
        if new is not None:
            key = make_key(
                database,
                name,
                new,
                scope=Scope.READ if scope is None else parse_scope(scope),
                made_with=MadeWith.OPERATOR,
                days=DEFAULT_DAYS if days is None else days,
            )
            said = Text("密钥，只显示这一次：", "The key, shown this once:")
            say(said)
            click.echo(key)
        elif revoke == "all":
            revoke_keys(database, name)
            say(Text(f"已吊销用户 {name} 的全部密钥", f"Every key of {name} is revoked"))
        elif revoke is not None:
            revoke_key(database, name, int(revoke))
            say(Text(f"已吊销用户 {name} 的密钥 {revoke}", f"Key {revoke} of {name} is revoked"))
        else:
            for one in list_keys(database, name):
                made, until = (
                    format_moment(moment, settings.timezone).zh
                    for moment in (one.created_at, one.expires_at)
                )
                used = str(one.last_used_on or "-")
                line = [str(one.id), one.name, one.scope, f"{one.beginning}…", made, used, until]
                click.echo("\t".join(line))


@user.command("identity")
@click.argument("name")
@click.option("--subject", help="登录系统里的编号（sub）/ who the user is there (sub)")
@click.option("--remove", is_flag=True, help="解除关联 / take the link away")
def identity(name: str, subject: str | None, remove: bool) -> None:
    """显示、建立或解除与单位登录系统的关联 / Show, make or end an account's link to the sign-in provider."""
    from geoapp.core.errors import InvalidValueError
    from geoapp.operations.upkeep.identities import link, linked_as, unlink

    if subject is not None and remove:
        accepted = Text("不与 --remove 同用", "not together with --remove")
        raise InvalidValueError("--subject", subject, accepted)
    with open_store() as (settings, database):
        if remove:
            unlink(database, name, by_owner=False)
            say(Text(f"已解除用户 {name} 的关联", f"{name} is linked no more"))
        elif subject is not None:
            if settings.oidc_issuer is None:
                accepted = Text("登录系统的网址", "the address of the provider")
                raise InvalidValueError("GEOAPP_OIDC_ISSUER", None, accepted)
            link(database, name, settings.oidc_issuer, subject)
            say(Text(f"已关联用户 {name}", f"{name} is linked"))
        else:
            found = linked_as(database, name)
            click.echo("" if found is None else f"{found.issuer}\t{found.subject}")


@user.command("list")
def show_users() -> None:
    """列出用户 / List the users."""
    from geoapp.operations.upkeep.users import list_users

    with open_store() as (_settings, database):
        for entry in list_users(database):
            standing = "" if entry.active else "inactive"
            where = " ".join(entry.regions)
            click.echo("\t".join([entry.name, entry.role, standing, where]).rstrip())
