"""``geoapp verify``: count an exported plan and its proof again, from the file alone."""

from __future__ import annotations

from pathlib import Path

import click

from geoapp.commands.context import say

EXIT_REFUSED = 1


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """核对一份导出的方案和证明 / Check an exported plan and its proof."""
    from geoapp.operations.siting.proof import verify_file
    from geoapp.reports.words.proof import proof_lines

    proof, check = verify_file(file)
    for line in proof_lines(proof, check):
        say(line)
    if check.faults:
        click.get_current_context().exit(EXIT_REFUSED)
