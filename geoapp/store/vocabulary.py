"""Named queries on kinds, amenities, amenity standards and the calendar of holidays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geoapp.core.calendar import WorkCalendar
from geoapp.core.standards import Standard
from geoapp.core.vocabulary import Vocabulary
from geoapp.store.models import (
    Amenity,
    AmenityStandard,
    AmenityStandardItem,
    Base,
    CalendarDay,
    CalendarYear,
    Kind,
)


def _upsert(session: Session, model: type[Base], rows: list[dict[str, object]], key: str) -> None:
    """Write the rows that differ from what is stored: a start of the service finds none."""
    if not rows:
        return
    columns = model.__table__.c
    stored = {
        known[key]: dict(known)
        for known in session.execute(select(*(columns[name] for name in rows[0]))).mappings()
    }
    differing = [row for row in rows if stored.get(row[key]) != row]
    if not differing:
        return
    statement = insert(model)
    changes = {name: statement.excluded[name] for name in rows[0] if name != key}
    session.execute(statement.on_conflict_do_update(index_elements=[key], set_=changes), differing)


def save_vocabulary(
    session: Session, vocabulary: Vocabulary, standards: Sequence[Standard]
) -> None:
    """Write the shipped words; codes that are no longer shipped stay, since data may use them.

    Of the standards those count that ask for amenities.
    """
    _upsert(
        session,
        Kind,
        [
            {
                "code": kind.code,
                "family": str(kind.family),
                "name_zh": kind.name_zh,
                "name_en": kind.name_en,
                "sort": kind.sort,
            }
            for kind in vocabulary.kinds
        ],
        "code",
    )
    _upsert(
        session,
        Amenity,
        [
            {
                "code": amenity.code,
                "name_zh": amenity.name_zh,
                "name_en": amenity.name_en,
                "synonyms": list(amenity.synonyms),
                "sort": amenity.sort,
            }
            for amenity in vocabulary.amenities
        ],
        "code",
    )
    _save_standards(session, [one for one in standards if one.amenity_codes])


def _save_standards(session: Session, standards: Sequence[Standard]) -> None:
    rows: list[dict[str, object]] = [
        {
            "code": standard.code,
            "name_zh": standard.zh,
            "name_en": standard.en,
            "region_code": standard.region_code,
            "issuer": None if standard.document is None else standard.document.issuer_zh,
            "published_on": None if standard.document is None else standard.document.published_on,
            "source": standard.source.zh,
            "source_note": standard.note.both(),
            "sort": standard.sort,
        }
        for standard in standards
    ]
    _upsert(session, AmenityStandard, rows, "code")
    codes = [standard.code for standard in standards]
    wanted = {
        (standard.code, amenity): order
        for standard in standards
        for order, amenity in enumerate(standard.amenity_codes)
    }
    # Only what differs, so that nothing is logged where nothing changed.
    for item in session.scalars(
        select(AmenityStandardItem).where(AmenityStandardItem.standard_code.in_(codes))
    ):
        order = wanted.pop((item.standard_code, item.amenity_code), None)
        if order is None:
            session.delete(item)
        else:
            item.sort = order
    session.add_all(
        AmenityStandardItem(standard_code=code, amenity_code=amenity, sort=order)
        for (code, amenity), order in wanted.items()
    )


def save_calendar_year(
    session: Session, year: int, natures: Mapping[date, str], source: str
) -> None:
    """Replace what is known of one year's holidays ('holiday') and shifted working days ('workday')."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    session.merge(CalendarYear(year=year, source=source))
    wanted = dict(natures)
    for known in session.scalars(
        select(CalendarDay).where(CalendarDay.day.between(first, last))
    ).all():
        nature = wanted.pop(known.day, None)
        if nature is None:
            session.delete(known)
        else:
            known.nature, known.name = nature, None
    session.add_all(CalendarDay(day=day, nature=nature) for day, nature in wanted.items())


@dataclass(frozen=True, slots=True)
class KnownYear:
    """A year that is known: how many days off, how many weekend days worked, and from where."""

    year: int
    holidays: int
    workdays: int
    source: str


_YEARS = text(
    """
    select y.year, count(*) filter (where d.nature = 'holiday'),
        count(*) filter (where d.nature = 'workday'), y.source
    from calendar_year y
    left join calendar_day d on extract(year from d.day) = y.year
    group by y.year, y.source order by y.year
    """
)


def calendar_by_year(session: Session) -> list[KnownYear]:
    """Return the known years in order."""
    return [KnownYear(*row) for row in session.execute(_YEARS)]


def known_years(session: Session) -> list[int]:
    """Return the years whose holidays are known, in order."""
    return list(session.scalars(select(CalendarYear.year).order_by(CalendarYear.year)))


def load_calendar(session: Session) -> WorkCalendar:
    """Return the calendar of holidays and shifted working days."""
    days = session.execute(select(CalendarDay.day, CalendarDay.nature)).all()
    return WorkCalendar(
        holidays=frozenset(day for day, nature in days if nature == "holiday"),
        shifted_workdays=frozenset(day for day, nature in days if nature == "workday"),
        years=frozenset(known_years(session)),
    )


def list_kinds(session: Session) -> list[Kind]:
    """Return the kinds, by family and their own order."""
    return list(session.scalars(select(Kind).order_by(Kind.sort, Kind.code)))


def list_amenities(session: Session) -> list[Amenity]:
    """Return the amenities in their own order."""
    return list(session.scalars(select(Amenity).order_by(Amenity.sort, Amenity.code)))


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes that the store knows."""

    kinds: frozenset[str]
    amenities: frozenset[str]


def read_codes(session: Session) -> Codes:
    """Return the codes of kinds and amenities."""
    return Codes(
        kinds=frozenset(session.scalars(select(Kind.code))),
        amenities=frozenset(session.scalars(select(Amenity.code))),
    )


def family_of_kinds(session: Session) -> dict[str, str]:
    """Return the family of each kind by code."""
    return {code: family for code, family in session.execute(select(Kind.code, Kind.family))}


def list_standards(session: Session) -> list[tuple[AmenityStandard, list[str]]]:
    """Return the amenity standards in their own order, each with its required amenities in order."""
    standards = session.scalars(
        select(AmenityStandard).order_by(AmenityStandard.sort, AmenityStandard.code)
    )
    return [
        (
            standard,
            list(
                session.scalars(
                    select(AmenityStandardItem.amenity_code)
                    .where(AmenityStandardItem.standard_code == standard.code)
                    .order_by(AmenityStandardItem.sort)
                )
            ),
        )
        for standard in standards
    ]
