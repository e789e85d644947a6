"""A plan among candidates says what places anywhere could reach, or why that is not compared."""

from dataclasses import replace
from typing import Any

import pytest

from geoapp.core.questions.quota import Quota
from geoapp.core.settings import Settings
from geoapp.reports.words.elsewhere import elsewhere_text
from geoapp.reports.words.siting import summary_lines
from geoapp.store.engine import Database
from tests.operations.siting.five_hosts import solved, town

__all__ = ["town"]


def changed(run: Any, **members: Any) -> Any:
    return replace(run, result=run.result.model_copy(update=members))


def test_the_bound_is_that_of_places_anywhere_and_is_told(
    town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    for changes in ({"p": 2}, {"p": 3, "fixed": ("C",)}, {"p": 2, "standard_m": 250.0}):
        with subtests.test(changes=changes):
            hosts = solved(town, settings, **changes)
            fixed = len(changes.get("fixed", ()))
            anywhere = solved(
                town, settings, **({**changes, "fixed": ()} | {"candidates": "anywhere"})
            )
            bound = hosts.result.anywhere_bound
            assert bound >= hosts.result.objective
            assert bound <= anywhere.result.bound * 1.001 + 1e-9
            if not fixed:
                assert bound >= anywhere.result.objective
    told = elsewhere_text(changed(hosts, objective=100.0, anywhere_bound=126.2))
    assert "至多还能多覆盖 27%（新增 126 人）" in told.zh
    assert "up to 27% more (126 newly reached)" in told.en
    assert told.both() in [
        value for _, value in summary_lines(changed(hosts, objective=100.0, anywhere_bound=126.2))
    ]
    little = elsewhere_text(changed(hosts, objective=100.0, anywhere_bound=100.01))
    assert "至多还能多覆盖 0.1%" in little.zh
    same = elsewhere_text(changed(hosts, objective=100.0, anywhere_bound=100.0))
    assert "都不会覆盖更多" in same.zh
    assert elsewhere_text(anywhere).zh == ""
    # A run from before it was compared says nothing.
    assert elsewhere_text(changed(hosts, anywhere_bound=None)).zh == ""

    with subtests.test("with rules"):
        run = solved(town, settings, p=2, quotas=(("370203", Quota(None, 2)),))
        assert run.result.anywhere_bound is None
        assert "配额" in elsewhere_text(run).zh
    with subtests.test("on a network"):
        walked = replace(
            changed(hosts, anywhere_bound=None),
            inputs=hosts.inputs.model_copy(update={"network": "streets"}),
        )
        assert "按直线" in elsewhere_text(walked).zh
