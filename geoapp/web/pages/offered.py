"""What a place helps with, in words: a service or a duty desk, when, and whom to call."""

from dataclasses import dataclass
from datetime import date

from geoapp.core.hours.words import words_of
from geoapp.core.i18n import Text
from geoapp.core.phones import Telephone, telephones
from geoapp.operations.services.read import Desk, Offer, item_text
from geoapp.web.edge.language import language

_DESK = Text("值班台", "Duty desk")
_OPEN = {True: "open", False: "shut", None: "unknown"}
_STATE_TEXT = {
    True: Text("现在办理", "Now"),
    False: Text("现在不办", "Not now"),
    None: Text("办理时间未知", "Hours unknown"),
}


@dataclass(frozen=True, slots=True)
class Help:
    """One line; ``facts`` are what is known beside it, with a heading each."""

    name: str
    state: str
    state_text: Text
    hours: str | None
    phones: list[Telephone]
    facts: list[tuple[Text, str]]
    sample: bool


def offered(offers: list[Offer], desks: list[Desk], today: date) -> list[Help]:
    """Return the services that are offered today or from some day on, then the duty desks."""
    lines = [_service(one, today) for one in offers if not _is_over(one, today)]
    for desk in desks:
        record = desk.record
        lines.append(
            Help(
                name=record.name_zh or _DESK.pick(language()),
                state=_OPEN[desk.open],
                state_text=_STATE_TEXT[desk.open],
                hours=_hours(record.hours, record.hours_raw),
                phones=telephones(record.phone),
                facts=[],
                sample=record.is_sample,
            )
        )
    return lines


def _is_over(offer: Offer, today: date) -> bool:
    return offer.record.valid_to is not None and offer.record.valid_to < today


def _service(offer: Offer, today: date) -> Help:
    record, item = offer.record, offer.item
    begins = record.valid_from if record.valid_from and record.valid_from > today else None
    given = [
        (Text("起办日", "From"), begins and begins.isoformat()),
        (Text("对象", "For whom"), item.audience),
        (Text("办理时限", "Time limit"), item.time_limit),
        (Text("流程", "How"), item.process),
        (Text("承诺", "Promise"), item.promise),
        (Text("首问负责", "First responsible"), item.first_responsible),
    ]
    is_open = False if begins else offer.open
    return Help(
        name=item_text(item).pick(language()),
        state=_OPEN[is_open],
        state_text=_STATE_TEXT[is_open],
        hours=_hours(record.hours, record.hours_raw),
        phones=telephones(record.phone),
        facts=[(heading, value) for heading, value in given if value],
        sample=record.is_sample or item.is_sample,
    )


def _hours(expression: str | None, words: str | None) -> str | None:
    """Return hours as people say them; those that nobody could read as they were written."""
    return words_of(expression, language()) if expression else words
