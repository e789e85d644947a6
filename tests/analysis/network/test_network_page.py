"""The examples of docs/network.md run as they stand, and its rules are those of the importer."""

import doctest
import re
from pathlib import Path

from geoapp.importers.osm.walk import ALWAYS, BESIDE_HIGHWAYS, RULES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "network.md"


def test_every_example_answers_what_the_page_says() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried > 15
    assert failed == 0


def test_the_table_of_rules_is_the_importers() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.M)
    [walked] = [names for names, _ in rows if names.startswith("`highway` = ")]
    [where_said] = [names for names, told in rows if "only where" in told]
    always = set(re.findall(r"[a-z_]{4,}", walked.split("=")[1].split("（")[0]))
    always |= {f"{name}_link" for name in always if f"{name}_link" in RULES}
    assert always == {name for name, rule in RULES.items() if rule is ALWAYS}
    assert set(where_said.split(", ")) == {n for n, rule in RULES.items() if rule is not ALWAYS}
    [beside] = [names for names, _ in rows if "`railway=platform`" in names]
    assert set(re.findall(r"(\w+)=(\w+)", beside)) == set(BESIDE_HIGHWAYS)
