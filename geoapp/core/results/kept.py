"""What the stored results of all kinds of runs have in common: frozen, checked, numbered by version.

A result is checked once, when it is read from the store, and leaves as the same JSON. A version is a
number in the stored JSON; rows from before there were versions have none and count as 0.
"""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geoapp.core.errors import GeoappError
from geoapp.core.i18n import Text
from geoapp.core.words import Basis

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]
_VERSION = "version"


class UnreadableResultError(GeoappError):
    """What a run has stored cannot be read by this version."""


class Kept(BaseModel):
    """A part of what a run keeps. A member with a default came later than the first stored runs."""

    model_config = ConfigDict(frozen=True, from_attributes=True, allow_inf_nan=False)

    @classmethod
    def of(cls, found: object | None) -> Self | None:
        """Return what has the same members as an object; None for None."""
        return None if found is None else cls.model_validate(found)

    @classmethod
    def checked(cls, json: Mapping[str, Any]) -> Self:
        """Return what JSON of the store holds.

        Raises
        ------
        UnreadableResultError
            If it holds something else.
        """
        try:
            return cls.model_validate(json)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise UnreadableResultError(
                Text(
                    f"存储的结果已损坏（{where}），请重新运行。",
                    f"The stored result is damaged ({where}: {first['msg']}); run it again.",
                )
            ) from error

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON, with the members that it was given and no others."""
        return self.model_dump(mode="json", exclude_unset=True)


class KeptText(Kept):
    """A text in both languages."""

    zh: str
    en: str

    @property
    def text(self) -> Text:
        """The text as screens take it."""
        return Text(self.zh, self.en)


class KeptResult(Kept):
    """What a run of one kind found.

    Attributes
    ----------
    upgrades
        By version, what makes JSON of that version into JSON of the next one. Whoever changes the
        meaning of a member adds one here; a new member with a default needs none.
    """

    upgrades: ClassVar[tuple[Upgrade, ...]]

    @classmethod
    def current_version(cls) -> int:
        """Return the version that is written now."""
        return len(cls.upgrades)

    @classmethod
    def from_stored(cls, kept: Mapping[str, Any]) -> Self:
        """Return a stored result, of this version or an older one.

        Raises
        ------
        UnreadableResultError
            If it is of a newer version, or not what this kind of run stores.
        """
        json = dict(kept)
        version = json.pop(_VERSION, 0)
        if not isinstance(version, int) or not 0 <= version <= cls.current_version():
            newest = cls.current_version()
            raise UnreadableResultError(
                Text(
                    f"结果的格式是第 {version} 版，本程序只能读到第 {newest} 版。请升级程序。",
                    f"The result has format version {version}; this program reads up to {newest}. "
                    "Upgrade the program.",
                )
            )
        for upgrade in cls.upgrades[version:]:
            json = upgrade(json)
        return cls.checked(json)

    def stored(self) -> dict[str, Any]:
        """Return it as the store keeps it, with its version."""
        return self.as_json() | {_VERSION: self.current_version()}


def unchanged(json: dict[str, Any]) -> dict[str, Any]:
    """Return JSON of a version whose members mean the same in the next one."""
    return json


class RunInputs(Kept):
    """What a run rests on; a run that has not ended well has the defaults.

    Attributes
    ----------
    versions
        Of the store's tables, by name, at the moment when the run read them.
    demand
        Code of the demand set.
    basis, network
        How walks were found, and the walking network's version; None without one.
    detour_factor, network_detour_factor, walking_speed_m_per_s
        Of the settings, and measured on the network.
    timezone, calendar_years
        In which opening hours were read, and the last year whose holidays are known.
    without_position
        Facilities in service in the region asked about that took no part, because nobody knows where
        they are; None for a run from before they were counted.
    out_of_season
        Open facilities in their region that do not stand on the day asked about: their dates lie
        before or after it, as a beach's summer post; None for a run from before they were counted.
    """

    versions: dict[str, int] = Field(default_factory=dict)
    demand: str | None = None
    basis: Basis = Basis.ESTIMATE
    network: str | None = None
    detour_factor: float | None = None
    network_detour_factor: float | None = None
    walking_speed_m_per_s: float | None = None
    timezone: str | None = None
    calendar_years: tuple[int, ...] = ()
    without_position: int | None = None
    out_of_season: int | None = None
