"""``/api/v1/recognitions``: who holds a published title; open to everybody."""

from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_REGION_CHARACTERS
from geoapp.operations.applications.document import recognition_document
from geoapp.operations.applications.read import public_recognitions
from geoapp.web.api.recognition_schemas import RecognitionList
from geoapp.web.api.schemas import Problem
from geoapp.web.edge.parameters import WITHOUT_NUL, Parameters
from geoapp.web.edge.replies import public_reply
from geoapp.web.edge.services import services

api = APIBlueprint(
    "recognitions",
    __name__,
    url_prefix="/api/v1/recognitions",
    abp_tags=[Tag(name="applications", description="申报与认定 / applications and titles")],
    abp_responses={422: Problem, 503: Problem},
)


class ListParameters(Parameters):
    """Whose recognitions; None asks for all."""

    region: str | None = Field(None, max_length=MOST_REGION_CHARACTERS, pattern=WITHOUT_NUL)
    facility: str | None = Field(None, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL)
    organisation: str | None = Field(None, max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL)


@api.get("", summary="有效的认定 / Titles in force", responses={200: RecognitionList})
def list_(query: ListParameters) -> Response:
    """List the titles that are in force today; drafts, reviews and ratings are never told."""
    return public_reply(
        {
            "recognitions": recognitions_answer(
                region=query.region, facility=query.facility, organisation=query.organisation
            )
        }
    )


def recognitions_answer(**whose: str | None) -> list[dict[str, Any]]:
    """Return the titles in force of a facility, an organisation or a region."""
    parts = services()
    found = public_recognitions(parts.database, parts.settings, **whose)
    return [recognition_document(one) for one in found]
