"""The shapes of answers about contests of service projects."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.contest_rules import ContestRules
from geoapp.core.contests import points_of
from geoapp.core.limits import MOST_CODE_CHARACTERS
from geoapp.core.published import Named
from geoapp.operations.contests.read import OneContest
from geoapp.operations.services.catalogue import ShownContest
from geoapp.store.contests import EntryRecord
from geoapp.web.edge.parameters import WITHOUT_NUL


class ContestPath(BaseModel):
    """Which contest."""

    code: str = Field(
        min_length=1,
        max_length=MOST_CODE_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="竞赛编号 / code of the contest",
    )


class EntryPath(ContestPath):
    """Which entry of which contest."""

    entry: str = Field(
        min_length=1,
        max_length=MOST_CODE_CHARACTERS,
        pattern=WITHOUT_NUL,
        description="参赛项目编号 / code of the entry",
    )


class ColumnsBody(BaseModel):
    """The columns of a file; what is left out of a change stays, null clears."""

    model_config = ConfigDict(extra="allow")


class NamedAnswer(BaseModel):
    """A code with its names."""

    code: str
    name_zh: str
    name_en: str


class StageAnswer(NamedAnswer):
    """A stage, and what may be filled in for an entry from it on."""

    opens: list[str]


class JudgingAnswer(NamedAnswer):
    """Who judges; ``share`` is 0 to 1, null was not published."""

    share: float | None


class RulesPrizeAnswer(NamedAnswer):
    """A prize, and how many entries win it; null is no limit."""

    number: int | None


class RulesAnswer(NamedAnswer):
    """The rules of a contest; null was not published and limits nothing."""

    region: str | None
    document: str | None
    published_on: date | None
    place_in_document: str | None
    note_zh: str
    note_en: str
    stages: list[StageAnswer]
    criteria: list[NamedAnswer]
    most_points: float | None
    judging: list[JudgingAnswer]
    most_votes: int | None
    finalists: int | None
    prizes: list[RulesPrizeAnswer]
    prizes_for_finalists: bool


class ContestAnswer(BaseModel):
    """A contest; null is unknown. ``rev`` is its version, entries included."""

    code: str
    name_zh: str
    name_en: str | None
    region: str | None
    rules: str
    stage: str
    entered: int | None
    finalists: int | None
    criteria: list[str]
    document: str | None
    document_on: date | None
    source: str | None
    sample: bool
    rev: int


class WinnerAnswer(BaseModel):
    """An entry that won a prize, as everybody may see it."""

    code: str
    organisation: str
    project: str | None
    service: str | None
    sample: bool


class PrizeAnswer(BaseModel):
    """A prize, and who won it as far as that is known by name."""

    name_zh: str
    name_en: str
    entries: list[WinnerAnswer]


class EntryAnswer(WinnerAnswer):
    """An entry with what is not public; null is unknown, ``score`` is 0 to 1."""

    points: dict[str, float]
    votes: int | None
    finalist: bool | None
    prize: str | None
    source: str | None
    score: float | None
    rev: int


class OneContestAnswer(ContestAnswer):
    """A contest with its prizes; ``entries`` is null for whoever is not signed in."""

    prizes: list[PrizeAnswer]
    entries: list[EntryAnswer] | None


class ContestList(BaseModel):
    """All contests, and the rules that there are."""

    contests: list[ContestAnswer]
    rules: list[RulesAnswer]


def contest_of(shown: ShownContest) -> dict[str, Any]:
    """Return a contest as an answer has it."""
    known = {name: getattr(shown.contest, name) for name in ContestAnswer.model_fields}
    return known | {"criteria": [one.zh for one in shown.criteria]}


def one_of(one: OneContest, *, unpublished: bool) -> dict[str, Any]:
    """Return a contest with its prizes, and with its entries where these may be seen."""
    return {
        **contest_of(one.shown),
        "prizes": [
            {
                "name_zh": prize.name.zh,
                "name_en": prize.name.en,
                "entries": [_winner(entry) for entry in prize.entries],
            }
            for prize in one.shown.prizes
        ],
        "entries": [entry_of(one, entry) for entry in one.shown.entries] if unpublished else None,
    }


def entry_of(one: OneContest, entry: EntryRecord) -> dict[str, Any]:
    """Return an entry as those signed in see it."""
    score = one.scores[entry.code]
    return {
        **_winner(entry),
        "points": points_of(entry.points),
        "votes": entry.votes,
        "finalist": entry.finalist,
        "prize": entry.prize,
        "source": entry.source,
        "score": None if score is None else round(score, 4),
        "rev": entry.rev,
    }


def rules_of(rules: ContestRules) -> dict[str, Any]:
    """Return the rules of a contest as an answer has them."""
    source = rules.document
    return {
        **_named(rules),
        "region": rules.region_code,
        "document": None if source is None else source.title_zh,
        "published_on": None if source is None else source.published_on,
        "place_in_document": rules.place,
        "note_zh": rules.note_zh,
        "note_en": rules.note_en,
        "stages": [{**_named(one), "opens": list(one.opens)} for one in rules.stages],
        "criteria": [_named(one) for one in rules.criteria],
        "most_points": rules.most_points,
        "judging": [{**_named(one), "share": one.share} for one in rules.judging],
        "most_votes": rules.most_votes,
        "finalists": rules.finalists,
        "prizes": [{**_named(one), "number": one.number} for one in rules.prizes],
        "prizes_for_finalists": rules.prizes_for_finalists,
    }


def _named(one: Named) -> dict[str, str]:
    return {"code": str(one.code), "name_zh": one.zh, "name_en": one.en}


def _winner(entry: EntryRecord) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in WinnerAnswer.model_fields}
