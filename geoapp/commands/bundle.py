"""``geoapp bundle``: everything for a machine without internet."""

from pathlib import Path

import click

from geoapp.commands.context import say
from geoapp.core.i18n import Text


@click.command()
@click.option(
    "-o",
    "output",
    required=True,
    type=click.Path(path_type=Path),
    help="新文件夹 / a new folder",
)
@click.option(
    "--extra",
    "extras",
    multiple=True,
    metavar="NAME",
    help="只带这些附加包（可多次；none：都不带；默认都带）/ only these extras; none; default: all",
)
@click.option(
    "--python",
    type=click.Choice(["3.11", "3.12", "3.13", "3.14"]),
    help="目标机器的 Python / the other machine's Python",
)
@click.option(
    "--no-system",
    is_flag=True,
    help="不带 PostGIS 和 Python 的系统软件包 / leave out the system's packages",
)
@click.option("--unpacked", is_flag=True, help="文件夹，不打包 / a folder instead of an archive")
def bundle(
    output: Path, extras: tuple[str, ...], python: str | None, no_system: bool, unpacked: bool
) -> None:
    """制作离线安装包（在源码目录里，需要网络）/ Make what a machine without internet needs."""
    from geoapp.operations.bundle.make import make_bundle, source_folder

    made = make_bundle(
        source_folder(),
        output,
        python=python,
        extras=extras,
        with_system=not no_system,
        unpacked=unpacked,
    )
    taken = ", ".join(made.extras) or "-"
    size = f"{made.size_bytes / 1e6:,.0f} MB"
    say(
        Text(
            f"{made.name} 已放在 {made.path}：{size}，{made.wheels} 个 Python 包，"
            f"{made.debs} 个系统软件包，附加包 {taken}",
            f"{made.name} is in {made.path}: {size}, {made.wheels} Python packages, "
            f"{made.debs} system packages, extras {taken}",
        )
    )
    if unpacked:
        say(Text("在目标机器上：sh install.sh", "On the other machine: sh install.sh"))
    else:
        say(
            Text(
                "在目标机器上：sha256sum -c SHA256SUMS，tar xzf 解开，再 sh install.sh",
                "On the other machine: sha256sum -c SHA256SUMS, unpack with tar xzf, sh install.sh",
            )
        )
    if not made.debs:
        say(
            Text(
                "没有带系统软件包：目标机器须已有 PostgreSQL + PostGIS（如 postgresql-15-postgis-3）"
                "和 Python（含 venv）。",
                "It holds no system packages: the other machine must have PostgreSQL with PostGIS "
                "(such as postgresql-15-postgis-3) and Python with venv.",
            )
        )
