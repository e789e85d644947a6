"""Which role and regions a sign-in provider's claim gives: a file of the operator's, no code."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from geoapp.core.errors import UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.roles import Role


@dataclass(frozen=True, slots=True)
class Rights:
    """A role, and the regions that it may change things in; none = everywhere."""

    role: Role
    regions: tuple[str, ...] = ()


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Role
    regions: tuple[str, ...] = Field((), max_length=1000)


class _Rule(_Given):
    """Whoever has this value in the claim gets this."""

    value: str = Field(min_length=1)


class RightsByClaim(BaseModel):
    """The file: the claim that is looked at, its values in order of rank, and what others get.

    Without ``otherwise``, whoever has none of the values does not come in.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    claim: str = Field(min_length=1)
    rules: tuple[_Rule, ...]
    otherwise: _Given | None = None

    def rights_of(self, claims: Mapping[str, Any]) -> Rights | None:
        """Return what somebody's claims give them; None = nothing.

        The first rule that fits gives the role. All that fit and give the same role count together:
        their regions are joined, and one without regions opens all.
        """
        found = claims.get(self.claim)
        values = {str(one) for one in (found if isinstance(found, list) else [found])}
        fitting = [one for one in self.rules if one.value in values]
        if not fitting:
            other = self.otherwise
            return None if other is None else Rights(other.role, other.regions)
        role = fitting[0].role
        regions = [one.regions for one in fitting if one.role == role]
        if not all(regions):
            return Rights(role)
        return Rights(role, tuple(sorted({code for codes in regions for code in codes})))


def read_rights_by_claim(path: Path) -> RightsByClaim:
    """Read the operator's file (``GEOAPP_OIDC_RIGHTS``).

    Raises
    ------
    UnusableInputError
        If it cannot be read or says something else than it may; with the place.
    """
    try:
        return RightsByClaim.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        reason = f"{where}: {first['msg']}"
    except (OSError, ValueError) as error:
        reason = str(error)
    raise UnusableInputError(
        Text(
            f"读不了 GEOAPP_OIDC_RIGHTS 指定的 {path}：{reason}",
            f"GEOAPP_OIDC_RIGHTS: {path} cannot be used: {reason}",
        )
    )
