"""How far long work is, where nobody sits at a terminal."""

import time

import pytest

from geoapp.commands.progress import progress_shown
from geoapp.core.i18n import Text

LOOKS = 2000


def test_a_file_gets_lines_also_while_a_step_tells_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    written = ""
    with progress_shown(every_seconds=0.01) as tell:
        tell(0.25, Text("制作瓦片", "Making tiles"))
        for _ in range(LOOKS):
            written += capsys.readouterr().err
            if written.count("\n") > 1:
                break
            time.sleep(0.01)
    lines = written.splitlines()
    assert len(lines) > 1
    assert all(line.startswith(" 25%  制作瓦片 / Making tiles") for line in lines)
    assert "\x1b" not in written and "\r" not in written


def test_what_ends_soon_writes_none(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_shown() as tell:
        tell(0.5, Text("读取", "Reading"))
    assert capsys.readouterr().err == ""


def test_each_step_is_a_line_where_that_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    writing = Text("写入", "Writing")
    with progress_shown(each_step=True) as tell:
        tell(0.0, Text("读取", "Reading"))
        tell(0.5, writing)
        tell(0.7, writing)
    assert [line[:4] for line in capsys.readouterr().err.splitlines()] == ["  0%", " 50%"]
