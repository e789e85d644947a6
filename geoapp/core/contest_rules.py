"""The rules of a contest of service projects, as published: stages, judging, finalists, prizes.

One file of ``data/contests`` is one contest's rules; an operator's own files lie in the folder
``contests`` of the data folder. No code is written for a city's contest.
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from math import isclose
from pathlib import Path
from typing import Final, Self

from pydantic import Field, model_validator

from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.published import (
    Named,
    Published,
    Words,
    distinct,
    folders_of,
    found_by_code,
    read_folders,
    read_published,
)
from geoapp.core.settings import Settings

COMMON: Final = "common"
"""The rules of a contest that names none."""


class Opens(StrEnum):
    """What may be filled in for an entry from a stage on."""

    POINTS = "points"
    FINALIST = "finalist"
    VOTES = "votes"
    PRIZE = "prize"


class Judge(StrEnum):
    """Who judges."""

    EXPERTS = "experts"
    WORKERS = "workers"


class ContestStage(Named):
    """A stage, other names that a file may use for it, and what may be filled in from it on."""

    synonyms: tuple[Words, ...]
    opens: tuple[Opens, ...]


class Judging(Named):
    """Who judges, with which share (0 to 1) of the whole; None is unknown."""

    code: Judge
    share: float | None = Field(ge=0, le=1)


class Prize(Named):
    """A prize, and how many entries win it; None is unknown."""

    number: int | None = Field(ge=0)


class RulesSource(Published):
    """The document that states the rules; None is unknown."""

    title_zh: Words
    issuer_zh: Words
    issuer_en: Words
    published_on: date | None


class ContestRules(Named):
    """The rules of a contest, whole and checked; None is unknown and limits nothing.

    Attributes
    ----------
    criteria, prizes
        Empty where each contest states its own.
    most_votes
        Votes for all entries together.
    """

    version: int = Field(ge=1)
    region_code: Words | None
    document: RulesSource | None
    place: Words | None
    note_zh: Words
    note_en: Words
    stages: tuple[ContestStage, ...] = Field(min_length=2)
    criteria: tuple[Named, ...]
    most_points: float | None = Field(gt=0)
    judging: tuple[Judging, ...]
    most_votes: int | None = Field(ge=0)
    finalists: int | None = Field(ge=0)
    prizes: tuple[Prize, ...]
    prizes_for_finalists: bool

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for named in (self.stages, self.criteria, self.judging, self.prizes):
            distinct([one.code for one in named])
        distinct([name for one in self.stages for name in _names(one)])
        distinct([name for one in self.prizes for name in {one.code, one.zh, one.en}])
        distinct([one.zh for one in self.criteria])
        opened = [what for stage in self.stages for what in stage.opens]
        distinct([str(what) for what in opened])
        if lacking := set(Opens) - set(opened):
            raise ValueError(f"no stage opens {sorted(lacking)}")
        shares = [one.share for one in self.judging if one.share is not None]
        if sum(shares) > 1 + 1e-9 or (
            shares and len(shares) == len(self.judging) and not isclose(sum(shares), 1)
        ):
            raise ValueError(f"the shares of who judges add up to {sum(shares):g}, not 1")
        return self

    @property
    def note(self) -> Text:
        """What the file says of itself."""
        return Text(self.note_zh, self.note_en)

    def stage(self, code: str) -> ContestStage | None:
        """Return a stage by its code; None where the rules have none of it."""
        return next((one for one in self.stages if one.code == code), None)

    def stage_named(self, name: str) -> ContestStage | None:
        """Return a stage by its code or one of its names."""
        wanted = name.casefold()
        return next((one for one in self.stages if wanted in _names(one)), None)

    def next_stage(self, code: str) -> ContestStage | None:
        """Return the stage that follows; None after the last one."""
        codes = [one.code for one in self.stages]
        if code not in codes or codes.index(code) + 1 == len(codes):
            return None
        return self.stages[codes.index(code) + 1]

    def may_follow(self, code: str, now: str) -> bool:
        """Tell whether a contest may go from where it stands to a stage: stay, or go on."""
        codes = [one.code for one in self.stages]
        return now not in codes or codes.index(code) >= codes.index(now)

    def opening(self, what: Opens) -> ContestStage:
        """Return the stage from which on something may be filled in."""
        return next(one for one in self.stages if what in one.opens)

    def is_open(self, what: Opens, code: str) -> bool:
        """Tell whether something may be filled in at a stage."""
        return self.stage(code) is not None and self.may_follow(code, self.opening(what).code)

    def prize_named(self, name: str) -> Prize | None:
        """Return a prize by its code or a name in either language."""
        wanted = name.casefold()
        return next(
            (
                one
                for one in self.prizes
                if wanted in {one.code, one.zh.casefold(), one.en.casefold()}
            ),
            None,
        )


def _names(stage: ContestStage) -> set[str]:
    return {name.casefold() for name in (stage.code, stage.zh, stage.en, *stage.synonyms)}


_WHAT: Final = Text("竞赛办法", "rules of a contest")


def read_contest_rules(path: Path) -> ContestRules:
    """Read and check a file.

    Raises
    ------
    UnusableInputError
        Naming the file and its first fault.
    """
    return read_published(path, ContestRules, _WHAT)


@cache
def _rules(folders: tuple[Path, ...]) -> Mapping[str, ContestRules]:
    return read_folders(folders, ContestRules, _WHAT)


def contest_rules(settings: Settings) -> Mapping[str, ContestRules]:
    """Return all rules by code: those shipped, then the operator's own; read once per process.

    Raises
    ------
    UnusableInputError
        If a file breaks the shape; it names the file.
    """
    return _rules(folders_of(settings, "contests"))


def contest_rules_of(settings: Settings, code: str) -> ContestRules:
    """Return the rules of a code.

    Raises
    ------
    InvalidValueError
        If there are none; it says which there are.
    """
    return found_by_code(tuple(contest_rules(settings).values()), "rules", code)


@cache
def shipped_stage_texts() -> Mapping[str, Text]:
    """Return what the stages of the shipped rules are called, by code; the common rules come first."""
    shipped_rules = _rules((shipped("data") / "contests",))
    found: dict[str, Text] = {}
    for rules in sorted(shipped_rules.values(), key=lambda one: one.code != COMMON):
        for stage in rules.stages:
            found.setdefault(stage.code, stage.text)
    return found
