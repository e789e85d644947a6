"""What the modes of the planner's workspace share: their tabs, and the question that goes from one to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, replace
from typing import Any, Final, TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import orjson
from flask import request, url_for

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.questions.hour_weights import hour_weights_text
from geoapp.core.questions.phases import phases_text
from geoapp.core.questions.siting import ANYWHERE, SitingParameters
from geoapp.core.questions.sizes import sizes_text
from geoapp.core.roles import Permission, allows
from geoapp.reports.words.question import Question, question_conditions, table_of
from geoapp.web.edge.access import current_role
from geoapp.web.edge.services import services
from geoapp.web.pages.naming import naming

_MODES: Final = (
    ("plan.show", Text("盲区", "Gaps"), Permission.RUN),
    ("siting.show", Text("选址", "New sites"), Permission.RUN),
    ("actions.show", Text("同一笔钱", "One budget"), Permission.SEE_UNPUBLISHED),
    ("scenarios.listed", Text("方案", "Scenarios"), Permission.SEE_UNPUBLISHED),
)
# What every mode asks; static/js/planner/address.js takes the same along while a form is filled in.
_CARRIED: Final = ("region", "demand", "standard_m", "standard_seconds", "at", "families")


# Without these there is no question.
_KEPT: Final = frozenset({"model", "p", "standard_m", "standard_seconds"})

_Question = TypeVar("_Question", bound=Question)


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a question that was asked; ``without`` is where it is asked without it, if it can be."""

    text: Text
    without: str | None


@dataclass(frozen=True, slots=True)
class Mode:
    """A tab of the workspace; ``path`` is its address without a question, where it takes one."""

    text: Text
    href: str
    path: str
    here: bool


def modes(here: str, question: Mapping[str, Any] | None = None) -> list[Mode]:
    """Return the modes that the present role may open, each with what is asked here already.

    Parameters
    ----------
    here
        The endpoint of the mode that is shown.
    question
        Members of the question that is shown, as ``given_question`` has them; None = what the
        address carries.
    """
    if question is None:
        taken = [(name, value) for name in _CARRIED for value in request.args.getlist(name)]
    else:
        taken = [
            (name, str(value))
            for name in _CARRIED
            if name in question
            for value in (question[name] if name == "families" else [question[name]])
        ]
    query = f"?{urlencode(taken)}" if taken else ""
    return [
        Mode(text, url_for(endpoint) + query, url_for(endpoint), endpoint == here)
        for endpoint, text, permission in _MODES
        if allows(current_role(), permission)
    ]


def given_question(question: Question | None) -> dict[str, Any] | None:
    """Return a question as a form takes it: what the API's body would be, in WGS-84.

    Only what departs from the defaults, and the model; moments in local time.
    """
    if question is None:
        return None
    table, stored = table_of(question), question.stored()
    kept = {
        name: value
        for name, value in stored.items()
        if name == "model" or table.is_given(question, name)
    }
    zone = ZoneInfo(services().settings.timezone)
    for name in ("at", "moments"):
        if kept.get(name):
            moments = getattr(question, name)
            told = [
                one.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
                for one in (moments if name == "moments" else [moments])
            ]
            kept[name] = told if name == "moments" else told[0]
    if isinstance(question, SitingParameters) and question.phases:
        kept["phases"] = phases_text(question.phases)
        kept.pop("p", None)  # they say how many
    if isinstance(question, SitingParameters) and question.sizes:
        kept["sizes"] = sizes_text(question.sizes)
    if isinstance(question, SitingParameters) and question.hour_weights:
        kept["hour_weights"] = hour_weights_text(question.hour_weights)
    if kept.get("drawn"):
        kept["drawn"] = [_filled_in(one) for one in kept["drawn"]]
    # Tuples become lists, as the page's script will have them.
    known: dict[str, Any] = orjson.loads(orjson.dumps(kept))
    return known


def conditions(question: Question, endpoint: str, run_id: int) -> list[Condition]:
    """Return the conditions of a run's question, each with where whoever may ask it asks it without that one.

    Parameters
    ----------
    endpoint
        Of the page that takes the question.
    """
    may_ask = allows(current_role(), Permission.RUN)
    return [
        Condition(
            text, None if name is None or not may_ask else url_for(endpoint, like=run_id, drop=name)
        )
        for name, text in question_conditions(question, naming())
    ]


def without(question: _Question, names: Sequence[str]) -> _Question:
    """Return a question without some of its conditions, and without what means nothing then.

    Raises
    ------
    InvalidValueError
        If it cannot be asked without one.
    """
    table = table_of(question)
    can = {one.name for one in table if table.default(one.name) is not MISSING} - _KEPT
    for name in names:
        if name not in can:
            accepted = Text("可以去掉的条件", "a condition that the question can do without")
            raise InvalidValueError("drop", name, accepted)
    gone = {*names, *(one.name for one in table if one.needs in names)}
    left = replace(question, **{name: table.default(name) for name in gone})
    if isinstance(left, SitingParameters) and not left.several:
        left = replace(left, hour_weights=())
    if "drawn" in gone and isinstance(left, SitingParameters):
        drawn = {one.code for one in getattr(question, "drawn", ())}
        fixed = tuple(code for code in left.fixed if code not in drawn)
        left = replace(left, fixed=fixed)
    return _anywhere_again(left, gone)


def _anywhere_again(left: _Question, gone: set[str]) -> _Question:
    """Return a question with sites anywhere where a budget had limited them to generated candidates.

    It is what the page asks of itself; a question that does not allow it stays as it is.
    """
    if not isinstance(left, SitingParameters) or "budget" not in gone or not left.generated:
        return left
    wider = replace(left, candidates=ANYWHERE, spacing_m=None)
    try:
        wider.check()
    except InvalidValueError:
        return left
    return wider


def _filled_in(site: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in site.items() if value is not None}
