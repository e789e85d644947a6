"""Published schemes as data: what is shipped, an operator's own, and what is refused."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from geoapp.core.errors import UnusableInputError
from geoapp.core.paths import shipped
from geoapp.core.schemes import Act, read_scheme, scheme_of, schemes
from geoapp.core.settings import Settings


def test_what_the_document_of_2022_names(settings: Settings) -> None:
    """Three forms, two lists of grounds (6 and 8), five heads each, three titles, one last day."""
    scheme = scheme_of(settings, "qingdao-2022")
    assert [form.place_zh for form in scheme.forms] == ["附件3", "附件4", "附件5"]
    assert [len(one.grounds) for one in scheme.grounds] == [6, 8]
    assert (len(scheme.review.heads), len(scheme.rating.heads), len(scheme.titles)) == (5, 5, 3)
    assert scheme.deadline.on(2027) == date(2027, 6, 30)
    assert [len(form.opinions.stamps) for form in scheme.forms] == [3, 3, 3]
    assert {one.act for one in scheme.decider.acts} == set(Act) if scheme.decider else False
    # As they were published, word for word.
    [first, *_] = scheme.grounds[0].grounds
    assert first.zh == "职工服务中心未聚集工会主责主业"
    form = scheme.form_of("complex")
    missing = form.missing({"title": "甲", "period_from": "2023-01"}, [True])
    assert missing[0].code == "period"
    assert "steps" not in {one.code for one in missing}


def content() -> dict[str, Any]:
    path = shipped("data") / "applications" / "qingdao_2022.json"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def test_another_city_is_another_file(settings: Settings) -> None:
    own = settings.data / "applications"
    own.mkdir(parents=True)
    (own / "town.json").write_text(json.dumps(content() | {"code": "town"}), "utf-8")
    assert set(schemes(settings)) == {"qingdao-2022", "town"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"tracks": [content()["tracks"][0] | {"form": "annex-9"}]}, "no form 'annex-9'"),
        ({"transitions": content()["transitions"][1:]}, "one row for each state"),
        ({"states": content()["states"] + [content()["states"][0]]}, "a code is repeated"),
        ({"deadline": content()["deadline"] | {"month": 13}}, "deadline.month"),
        ({"more": 1}, "more"),
    ],
)
def test_a_faulty_file_is_named(tmp_path: Path, change: dict[str, Any], fault: str) -> None:
    path = tmp_path / "faulty.json"
    path.write_text(json.dumps(content() | change), "utf-8")
    with pytest.raises(UnusableInputError, match=rf"faulty\.json.*{re.escape(fault)}"):
        read_scheme(path)
