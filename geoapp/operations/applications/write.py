"""Begin an application, fill in its form, and keep its plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from geoapp.core.errors import ConflictError, InvalidValueError, NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_ANSWER_CHARACTERS, MOST_NOTE_CHARACTERS, MOST_PLAN_STEPS
from geoapp.core.schemes import Form, Stage, scheme_of
from geoapp.core.settings import Settings
from geoapp.operations.applications.read import Known, check_version, known_application
from geoapp.operations.moment import today
from geoapp.reports.words.applications import PLAN_TEXT, draft_there
from geoapp.store.applications.read import applications, plan_of, subjects, subjects_called
from geoapp.store.applications.records import ApplicationFilter, Subject
from geoapp.store.applications.write import (
    add_application,
    add_plan_step,
    change_application,
    change_plan_step,
    delete_of,
    stamp_application,
)
from geoapp.store.engine import Database, Session

_PLAN_STEP = Text("计划步骤", "step of the plan")
PLANNED = frozenset({Stage.DRAFT, Stage.APPROVED, Stage.RECOGNISED, Stage.SUSPENDED})


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A row of a plan as it is entered; ``due_on`` puts it into the calendar."""

    plan: str
    time_words: str
    content: str
    units: str | None = None
    funds: str | None = None
    due_on: date | None = None
    done_on: date | None = None


class DraftThereError(ConflictError):
    """There is a draft for the same subject and track already; ``number`` is its."""

    def __init__(self, number: int) -> None:
        super().__init__(draft_there(number))
        self.number = number


def start_application(
    database: Database,
    settings: Settings,
    *,
    scheme: str,
    track: str,
    facility: str | None,
    organisation: str | None,
    answers: Mapping[str, str],
) -> int:
    """Begin a draft for a facility or an organisation; return its number.

    Raises
    ------
    InvalidValueError
        If the scheme, track, subject or an answer is not known; exactly one subject is named.
    DraftThereError
        If a draft for this subject and track was begun before: that one is filled in.
    """
    found = scheme_of(settings, scheme)
    form = found.form_of(track)
    checked = check_answers(form, answers)
    if (facility is None) == (organisation is None):
        raise InvalidValueError(
            "facility",
            facility,
            Text(
                "站点编号或单位编号，只填一个", "the code of a facility or of an organisation, one"
            ),
        )
    with database.session() as session:
        subject = subjects(session, facility, organisation)
        if subject is None:
            name = "organisation" if facility is None else "facility"
            raise InvalidValueError(
                name, facility or organisation, Text("已登记的编号", "a code that is registered")
            )
        facility_id, organisation_code, region = subject
        number = add_application(
            session,
            {
                "scheme": found.code,
                "track": track,
                "form": form.code,
                "form_version": form.version,
                "facility_id": facility_id,
                "organisation_code": organisation_code,
                "region_code": region,
                "state": found.first(Stage.DRAFT).code,
                "answers": {name: value for name, value in checked.items() if value},
                # The database's clock keeps UTC, where the morning is still the day before.
                "created_on": today(settings),
            },
        )
        # Only now, so that who may not write there is told that, and nothing of what is there.
        wanted = ApplicationFilter(
            scheme=found.code, facility=facility, organisation=organisation_code
        )
        for one in applications(session, wanted):
            is_draft = found.state(one.state).stage is Stage.DRAFT
            if is_draft and one.track == track and one.id != number:
                raise DraftThereError(one.id)
        return number


def find_subjects(database: Database, words: str) -> list[Subject]:
    """Return the facilities and organisations that have a code, else those whose name has the words.

    At most twenty; the one whose code it is stands alone.
    """
    with database.snapshot() as session:
        return subjects_called(session, words.strip(), limit=20)


def save_answers(
    database: Database,
    settings: Settings,
    number: int,
    changes: Mapping[str, str],
    *,
    expected_rev: int | None,
    plan: Sequence[tuple[int | None, PlannedStep | None]] = (),
) -> Known:
    """Save answers of a draft and rows of its plan at once; an empty answer takes it away.

    A row may be half written: handing in asks for the rest.

    Parameters
    ----------
    plan
        Rows by number: None for a new row, or instead of what is to be taken out. A row that
        somebody took out meanwhile is entered anew.

    Raises
    ------
    NotFoundError
        If there is no such application.
    ConflictError
        If it is no draft any more, or was changed by somebody else since ``expected_rev``.
    InvalidValueError
        Naming an answer that is not accepted.
    """
    rows = [(row, None if step is None else _checked(step, draft=True)) for row, step in plan]
    with database.session() as session:
        known = known_application(session, settings, number, lock=True)
        record = known.record
        check_version(record, expected_rev)
        if known.stage is not Stage.DRAFT:
            raise ConflictError(
                Text(
                    f"申报 {number} 现为“{known.state.zh}”，申报表不能改；请先退回草拟。",
                    f"Application {number} is {known.state.en}, so that its form stays as it is; "
                    "return it to a draft first.",
                )
            )
        answers = dict(record.answers) | check_answers(known.form, changes, record.answers)
        answers = {name: value for name, value in answers.items() if value}
        if answers != record.answers:
            change_application(session, number, {"answers": answers})
        for row, values in rows:
            if values is None:
                if row is not None:
                    delete_of(session, "plan", number, row)
            elif row is None or not change_plan_step(session, number, row, values):
                _room_for_step(session, number)
                add_plan_step(session, {"application_id": number, **values})
        if rows:
            stamp_application(session, number)
        return known_application(session, settings, number)


def check_answers(
    form: Form, answers: Mapping[str, str], stored: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return answers as they are stored; ``stored`` are those that stay beside them.

    Raises
    ------
    InvalidValueError
        If the form has no such field, an answer is too long, or a month is none.
    """
    known = form.answer_keys
    months = {
        f"{one.code}_{end}" for one in form.fields if one.kind == "months" for end in ("from", "to")
    }
    checked = {}
    for name, given in answers.items():
        if name not in known:
            raise InvalidValueError(
                name,
                None,
                Text(
                    f"申报表的字段：{'、'.join(known)}", f"a field of the form: {', '.join(known)}"
                ),
            )
        value = given.replace("\r\n", "\n").strip()
        if len(value) > MOST_ANSWER_CHARACTERS:
            raise InvalidValueError(
                name,
                value,
                Text(
                    f"至多 {MOST_ANSWER_CHARACTERS} 个字符",
                    f"at most {MOST_ANSWER_CHARACTERS} characters",
                ),
            )
        if name in months and value:
            value = _month(name, value)
        checked[name] = value
    together = {**(stored or {}), **checked}
    for one in form.fields:
        start, end = together.get(f"{one.code}_from"), together.get(f"{one.code}_to")
        if one.kind == "months" and start and end and end < start:
            raise InvalidValueError(
                f"{one.code}_to", end, Text("不早于开始的年月", "a month no earlier than the first")
            )
    return checked


def _month(name: str, value: str) -> str:
    try:
        day = date.fromisoformat(f"{value}-01")
    except ValueError:
        day = None
    if day is None or len(value) != len("2026-01"):
        raise InvalidValueError(name, value, Text("年月，如 2026-07", "a month such as 2026-07"))
    return value


def add_to_plan(database: Database, settings: Settings, number: int, step: PlannedStep) -> int:
    """Add a row to the plan; return its number.

    Raises
    ------
    NotFoundError
        If there is no such application.
    ConflictError
        If the plan cannot be changed in the present state, or is full.
    InvalidValueError
        Naming a value that is not accepted.
    """
    values = _checked(step)
    with database.session() as session:
        _plannable(known_application(session, settings, number, lock=True))
        _room_for_step(session, number)
        stamp_application(session, number)
        return add_plan_step(session, {"application_id": number, **values})


def change_plan(
    database: Database, settings: Settings, number: int, row: int, step: PlannedStep
) -> None:
    """Change a row of the plan; errors as `add_to_plan`."""
    values = _checked(step)
    with database.session() as session:
        _plannable(known_application(session, settings, number, lock=True))
        if not change_plan_step(session, number, row, values):
            raise NotFoundError(_PLAN_STEP, str(row))
        stamp_application(session, number)


def remove_from_plan(database: Database, settings: Settings, number: int, row: int) -> None:
    """Take a row out of the plan; errors as `add_to_plan`."""
    with database.session() as session:
        _plannable(known_application(session, settings, number, lock=True))
        if not delete_of(session, "plan", number, row):
            raise NotFoundError(_PLAN_STEP, str(row))
        stamp_application(session, number)


def _room_for_step(session: Session, number: int) -> None:
    if len(plan_of(session, [number])) >= MOST_PLAN_STEPS:
        raise ConflictError(
            Text(f"计划至多 {MOST_PLAN_STEPS} 步。", f"A plan has at most {MOST_PLAN_STEPS} steps.")
        )


def _plannable(known: Known) -> None:
    if known.stage not in PLANNED:
        raise ConflictError(
            Text(
                f"申报 {known.record.id} 现为“{known.state.zh}”，计划不能改。",
                f"Application {known.record.id} is {known.state.en}: its plan stays as it is.",
            )
        )


def _checked(step: PlannedStep, *, draft: bool = False) -> dict[str, str | date | None]:
    if step.plan not in PLAN_TEXT:
        raise InvalidValueError(
            "plan", step.plan, Text("three_years 或 year", "three_years or year")
        )
    for name in ("time_words", "content"):
        if not draft and not getattr(step, name).strip():
            raise InvalidValueError(name, "", Text("不空的文字", "some words"))
    values: dict[str, str | date | None] = {"plan": step.plan}
    for name in ("time_words", "content", "units", "funds"):
        value = getattr(step, name)
        values[name] = check_note(name, value)
    values |= {name: values[name] or "" for name in ("time_words", "content")}
    return values | {"due_on": step.due_on, "done_on": step.done_on}


def check_note(name: str, value: str | None, *, required: bool = False) -> str | None:
    """Return a text as it is stored; None where there is none.

    Raises
    ------
    InvalidValueError
        If it is too long, or lacks where it is required.
    """
    text = (value or "").replace("\r\n", "\n").strip()
    if len(text) > MOST_NOTE_CHARACTERS or (required and not text):
        raise InvalidValueError(
            name,
            text,
            Text(
                f"{'1 至' if required else '至多'} {MOST_NOTE_CHARACTERS} 个字符",
                f"{'1 to' if required else 'at most'} {MOST_NOTE_CHARACTERS} characters",
            ),
        )
    return text or None
