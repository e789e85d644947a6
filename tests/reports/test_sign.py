"""The sign for the door: a name in two lines is broken where a reader would."""

import io

import pytest
from pypdf import PdfReader

from geoapp.core.i18n import Text
from geoapp.reports.sign import SignWords, balanced, render_sign

KINDS = ("共享职工之家", "户外劳动者服务站点")


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("示例・香港中路共享职工之家 041", ("示例・香港中路", "共享职工之家 041")),
        ("延安路邮政快递户外劳动者服务站点", ("延安路邮政快递", "户外劳动者服务站点")),
        ("Outdoor workers' service station", ("Outdoor workers'", "service station")),
        ("暖心驿站（中国银行香港中路支行）", ("暖心驿站", "（中国银行香港中路支行）")),
        ("Lounge", None),
    ],
)
def test_a_name_is_broken_between_words(name: str, lines: tuple[str, str] | None) -> None:
    assert balanced(name, KINDS) == lines


@pytest.mark.parametrize("size", ["a4", "a6"])
def test_the_lines_of_a_name_stand_whole_on_paper(size: str) -> None:
    name = Text("青岛市市南区香港中路街道户外劳动者服务站点（中国银行网点）", "Rest stop")
    words = SignWords(
        name=name,
        kind=Text("站点", "Station"),
        lines=(),
        address="https://stations.example.org/stations/T-1",
        sample=False,
        whole=KINDS,
    )
    [page] = PdfReader(io.BytesIO(render_sign(words, size))).pages
    told = page.extract_text().splitlines()
    assert "户外劳动者服务站点（中国银行网点）" in told
    assert "青岛市市南区香港中路街道" in told
