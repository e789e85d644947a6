"""The shapes of answers about organisations."""

from datetime import date

from pydantic import BaseModel

from geoapp.core.words import OrganisationKind, OrganisationRole
from geoapp.web.api.recognition_schemas import RecognitionAnswer


class OrganisationAnswer(BaseModel):
    """An organisation; null is unknown. ``region`` is stated by a document, never by its name."""

    code: str
    kind: OrganisationKind
    name_zh: str
    name_en: str | None
    region: str | None
    group_name: str | None
    parent: str | None
    listed_as: str | None
    listed_under: str | None
    document: str | None
    document_on: date | None
    place_in_document: str | None
    source: str | None
    rev: int


class RoleAnswer(BaseModel):
    """What an organisation does for a facility; both days are included, null is open."""

    id: int
    facility: str
    facility_name: str
    role: OrganisationRole
    valid_from: date | None
    valid_to: date | None
    source: str | None


class OneOrganisation(OrganisationAnswer):
    """An organisation, what it does for which facility, and the titles that it holds."""

    roles: list[RoleAnswer]
    recognitions: list[RecognitionAnswer]


class OrganisationList(BaseModel):
    """A page of organisations; ``cursor`` asks for the next one."""

    organisations: list[OrganisationAnswer]
    cursor: str | None
