"""Make a store ready: tables, vocabulary, calendar, published plans."""

from dataclasses import dataclass
from datetime import date

from geoapp.core.calendar import WorkCalendar
from geoapp.core.standards import shipped_standards
from geoapp.core.vocabulary import load_vocabulary
from geoapp.operations.programmes.imports import add_shipped
from geoapp.store.engine import Database
from geoapp.store.migrate import migrate
from geoapp.store.vocabulary import known_years, save_calendar_year, save_vocabulary

CALENDAR_SOURCE = "国务院办公厅节假日安排通知，经 PyPI chinesecalendar"


@dataclass(frozen=True, slots=True)
class InitReport:
    """What a store holds after it was made ready."""

    calendar_years: tuple[int, ...]


def initialise(database: Database) -> InitReport:
    """Create or migrate the tables, then write the vocabulary, missing calendar years and plans.

    A calendar year or a plan that is known already is left as it is, since an operator may have
    corrected it.
    """
    migrate(database)
    shipped = WorkCalendar.from_chinesecalendar()
    with database.session() as session:
        save_vocabulary(session, load_vocabulary(), shipped_standards())
        for year in sorted(set(shipped.years) - set(known_years(session))):
            natures: dict[date, str] = {
                day: "holiday" for day in shipped.holidays if day.year == year
            }
            natures |= {day: "workday" for day in shipped.shifted_workdays if day.year == year}
            save_calendar_year(session, year, natures, CALENDAR_SOURCE)
        add_shipped(session)
        return InitReport(calendar_years=tuple(known_years(session)))
