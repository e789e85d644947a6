"""``geoapp webhook``: which other systems are told of changes, and how it went."""

import click

from geoapp.commands.context import open_store, say
from geoapp.core.i18n import Text
from geoapp.core.webhooks import MOST_OVERLAP_HOURS, OVERLAP_HOURS


@click.group()
def webhook() -> None:
    """推送：变化通知别的系统 / Webhooks: other systems are told of changes."""


@webhook.command("list")
def list_() -> None:
    """列出推送 / List the webhooks."""
    from geoapp.operations.webhooks.edit import list_webhooks, ordered

    with open_store() as (_settings, database):
        for one in list_webhooks(database):
            standing = "stopped" if one.stopped_at else "enabled" if one.enabled else "paused"
            events = " ".join(ordered(one.events))
            line = [str(one.id), one.name, standing, one.address, events, one.region or ""]
            click.echo("\t".join([*line, str(one.waiting)]))


@webhook.command("add")
@click.argument("name")
@click.argument("address")
@click.option(
    "--event",
    "events",
    multiple=True,
    required=True,
    help="facility.created | facility.changed | facility.closed | run.finished | publication.changed",
)
@click.option("--region", help="区域代码，含下级 / region code, with those below")
def add(name: str, address: str, events: tuple[str, ...], region: str | None) -> None:
    """添加推送，密钥只显示一次 / Add a webhook; its secret is shown once."""
    from geoapp.operations.webhooks.edit import add_webhook, parse_events

    wanted = parse_events(events)
    with open_store() as (settings, database):
        made, secret = add_webhook(
            database, settings, name=name, address=address, events=wanted, region=region
        )
    say(Text(f"已添加推送 {made.id}", f"Added webhook {made.id}"))
    say(Text("密钥，只显示这一次：", "The secret, shown this once:"))
    click.echo(secret)


@webhook.command("pause")
@click.argument("number", type=int)
def pause(number: int) -> None:
    """暂停推送，等待的不再发 / Pause a webhook; what waits is not sent."""
    from geoapp.operations.webhooks.edit import set_enabled

    with open_store() as (_settings, database):
        set_enabled(database, number, enabled=False)
    say(Text(f"已暂停推送 {number}", f"Webhook {number} is paused"))


@webhook.command("resume")
@click.argument("number", type=int)
def resume(number: int) -> None:
    """启用停下的推送 / Enable a webhook that was stopped."""
    from geoapp.operations.webhooks.edit import set_enabled

    with open_store() as (_settings, database):
        set_enabled(database, number, enabled=True)
    say(Text(f"已启用推送 {number}", f"Webhook {number} is enabled"))


@webhook.command("rotate")
@click.argument("number", type=int)
@click.option(
    "--overlap-hours",
    type=click.IntRange(0, MOST_OVERLAP_HOURS),
    default=OVERLAP_HOURS,
    show_default=True,
    help="旧密钥还签多少小时，0 为立刻作废 / hours for which the present secret signs along; 0 ends it at once",
)
def rotate(number: int, overlap_hours: int) -> None:
    """换密钥，新的只显示一次 / Change the secret; the new one is shown once."""
    from geoapp.core.units import format_moment
    from geoapp.operations.webhooks.edit import rotate_secret

    with open_store() as (settings, database):
        made, secret = rotate_secret(database, number, overlap_hours)
    if made.former_until is None:
        say(Text("旧密钥已作废。", "The former secret signs no more."))
    else:
        until = format_moment(made.former_until, settings.timezone)
        say(
            Text(
                f"到 {until.zh} 为止，每条同时带新旧两个签名。",
                f"Until {until.en} each message carries the signatures of both.",
            )
        )
    say(Text("新密钥，只显示这一次：", "The new secret, shown this once:"))
    click.echo(secret)


@webhook.command("remove")
@click.argument("number", type=int)
def remove(number: int) -> None:
    """删除推送和它的记录 / Remove a webhook with its deliveries."""
    from geoapp.operations.webhooks.edit import remove_webhook

    with open_store() as (_settings, database):
        remove_webhook(database, number)
    say(Text(f"已删除推送 {number}", f"Webhook {number} is removed"))


@webhook.command("test")
@click.argument("number", type=int)
def test(number: int) -> None:
    """试发一条，由服务发出 / Queue a test, which the service sends."""
    from geoapp.operations.webhooks.edit import send_test

    with open_store() as (_settings, database):
        queued = send_test(database, number)
    say(Text(f"已排队：记录 {queued}", f"Queued: delivery {queued}"))


@webhook.command("deliveries")
@click.argument("number", type=int)
def deliveries(number: int) -> None:
    """列出推送记录，最新的在前 / List the deliveries, the newest first."""
    from geoapp.core.units import format_moment
    from geoapp.operations.webhooks.edit import list_deliveries

    with open_store() as (settings, database):
        for one in list_deliveries(database, number):
            made = format_moment(one.created_at, settings.timezone).zh
            said = [one.status, str(one.tries), str(one.http_status or ""), one.trouble or ""]
            click.echo("\t".join([str(one.id), made, one.event, *said]))


@webhook.command("redeliver")
@click.argument("number", type=int)
@click.argument("delivery", type=int)
def send_again(number: int, delivery: int) -> None:
    """再发一条记录 / Send a delivery again."""
    from geoapp.operations.webhooks.edit import redeliver

    with open_store() as (_settings, database):
        redeliver(database, number, delivery)
    say(Text(f"已排队：记录 {delivery}", f"Queued: delivery {delivery}"))
