"""Edits name the version that they were made against, in ``If-Match``."""

import re

from pydantic import BaseModel, ConfigDict, Field

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text

_SMALL = re.compile(r"[:-](?:br|gzip)$")


class EditHeaders(BaseModel):
    """Which version an edit was made against."""

    model_config = ConfigDict(json_schema_extra={"required": ["If-Match"]})

    if_match: str | None = Field(
        None, alias="If-Match", description="读取时得到的 ETag，或 * / the ETag that was read, or *"
    )


def required_version(given: str | None) -> int | None:
    """Return the version that the edit was made against; None accepts any (``If-Match: *``).

    Raises
    ------
    InvalidValueError
        If none was given, or something that no answer has as its ``ETag``.
    """
    accepted = Text('读取时得到的 ETag，如 "12"', 'the ETag such as "12" that reading it gave')
    if given is None:
        raise InvalidValueError("If-Match", None, accepted)
    if given.strip() == "*":
        return None
    # An answer that was made small on its way has that in its tag: "12:br", or "12-gzip" of a proxy.
    tag = _SMALL.sub("", given.strip().removeprefix("W/").strip('"'))
    if not tag.isdecimal() or len(tag) > 18:
        raise InvalidValueError("If-Match", given, accepted)
    return int(tag)
