"""The shape of a recognition in answers."""

from datetime import date

from pydantic import BaseModel


class RecognitionAnswer(BaseModel):
    """A published title that is in force; ``until_on`` null = without end."""

    facility: str | None
    organisation: str | None
    name_zh: str
    title: str
    title_zh: str
    title_en: str
    year: int
    given_on: date
    until_on: date | None
    document: str
    suspended: bool


class RecognitionList(BaseModel):
    """All titles that are in force, by day and name."""

    recognitions: list[RecognitionAnswer]
