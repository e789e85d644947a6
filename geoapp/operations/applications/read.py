"""Read applications: one with all that belongs to it, lists, and what the public is told."""

from dataclasses import dataclass
from datetime import date

from geoapp.core.errors import NotFoundError
from geoapp.core.i18n import Text
from geoapp.core.schemes import Form, FormField, Scheme, Stage, State, Track, scheme_of, schemes
from geoapp.core.settings import Settings
from geoapp.operations.facilities.read import PUBLIC_STATUSES, check_region
from geoapp.operations.moment import today
from geoapp.operations.stale import refuse_stale
from geoapp.reports.words import applications as words
from geoapp.store.applications.read import (
    application_by_id,
    applications,
    documents_of,
    plan_of,
    ratings_of,
    recognitions_of,
    reviews_of,
    set_of_step,
    steps_of,
)
from geoapp.store.applications.records import (
    ApplicationFilter,
    ApplicationRecord,
    DocumentRecord,
    PlanStepRecord,
    RatingRecord,
    RecognitionRecord,
    ReviewRecord,
    StepRecord,
)
from geoapp.store.engine import Database, Session

APPLICATION = Text("申报", "application")


@dataclass(frozen=True, slots=True)
class Known:
    """An application with the words of its scheme."""

    record: ApplicationRecord
    scheme: Scheme

    @property
    def track(self) -> Track:
        """Whom it is about."""
        return self.scheme.track(self.record.track)

    @property
    def form(self) -> Form:
        """Its form."""
        return self.scheme.form_of(self.record.track)

    @property
    def state(self) -> State:
        """Its state."""
        return self.scheme.state(self.record.state)

    @property
    def stage(self) -> Stage:
        """What its state means."""
        return self.state.stage

    @property
    def name(self) -> str:
        """What it is called: by its form, or by its subject while the form has no name yet."""
        return self.record.answers.get("title") or self.record.subject_name


@dataclass(frozen=True, slots=True)
class Whole:
    """An application with all that belongs to it.

    Attributes
    ----------
    sets
        The change set of each step, by the step's number: there it can be taken back.
    """

    known: Known
    steps: list[StepRecord]
    plan: list[PlanStepRecord]
    reviews: list[ReviewRecord]
    recognitions: list[RecognitionRecord]
    ratings: list[RatingRecord]
    documents: list[DocumentRecord]
    sets: dict[int, int]

    @property
    def missing(self) -> list[FormField]:
        """The fields of the form that still lack an answer."""
        return self.known.form.missing(self.known.record.answers, [one.whole for one in self.plan])


@dataclass(frozen=True, slots=True)
class PublicRecognition:
    """What everybody may know: who was given which title, when, until when, by which document."""

    facility: str | None
    organisation: str | None
    name: str
    title: str
    title_text: Text
    given_on: date
    until_on: date | None
    document: str
    suspended: bool


@dataclass(frozen=True, slots=True)
class ToldLife:
    """What became of one application, in words."""

    number: int
    told: Text
    titles: tuple[Text, ...]


def lives_of(database: Database, settings: Settings, facility: str) -> list[ToldLife]:
    """Tell what a facility has applied for, what came of it, and which titles it was given."""
    with database.snapshot() as session:
        wanted = ApplicationFilter(facility=facility)
        by_id = {one.id: one for one in applications(session, wanted)}
        if not by_id:
            return []
        steps, given = steps_of(session, sorted(by_id)), recognitions_of(session, sorted(by_id))
    lives = []
    for number, record in by_id.items():
        known = Known(record, scheme_of(settings, record.scheme))
        since = [one.on_day for one in steps if one.application_id == number]
        titles = {one.code: one.text for one in known.scheme.titles}
        lines = tuple(
            words.recognition_line(
                titles.get(one.title, Text(one.title, one.title)),
                one.given_on,
                one.until_on,
                one.revoked_on,
                one.document,
            )
            for one in given
            if one.application_id == number
        )
        told = words.life_line(
            known.track.text, known.state.text, since[-1] if since else record.created_on
        )
        lives.append(ToldLife(number, told, lines))
    return lives


def known_application(
    session: Session, settings: Settings, number: int, *, lock: bool = False
) -> Known:
    """Return an application with its scheme.

    Raises
    ------
    NotFoundError
        If there is none.
    InvalidValueError
        If the file of its scheme is gone.
    """
    record = application_by_id(session, number, lock=lock)
    if record is None:
        raise NotFoundError(APPLICATION, str(number))
    return Known(record, scheme_of(settings, record.scheme))


def check_version(record: ApplicationRecord, expected_rev: int | None) -> None:
    """Raise ConflictError if somebody else has changed an application since; None accepts any."""
    called = Text(f"申报 {record.id}", f"Application {record.id}")
    refuse_stale(called, record.rev, expected_rev)


def whole_application(session: Session, settings: Settings, number: int) -> Whole:
    """Return an application with all that belongs to it; errors as `known_application`."""
    known = known_application(session, settings, number)
    steps = steps_of(session, [number])
    return Whole(
        known,
        steps,
        plan_of(session, [number]),
        reviews_of(session, [number]),
        recognitions_of(session, [number]),
        ratings_of(session, [number]),
        documents_of(session, [number]),
        set_of_step(session, [one.id for one in steps]),
    )


def read_application(database: Database, settings: Settings, number: int) -> Whole:
    """Return an application with all that belongs to it; errors as `known_application`."""
    with database.snapshot() as session:
        return whole_application(session, settings, number)


def list_applications(
    database: Database,
    settings: Settings,
    *,
    stage: Stage | None = None,
    region: str | None = None,
    facility: str | None = None,
    organisation: str | None = None,
) -> list[Known]:
    """Return applications in the order in which they were made; None does not filter.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    known = schemes(settings)
    states = None
    if stage is not None:
        states = frozenset(
            (scheme.code, state.code)
            for scheme in known.values()
            for state in scheme.states
            if state.stage is stage
        )
    wanted = ApplicationFilter(
        states=states, region=region, facility=facility, organisation=organisation
    )
    with database.snapshot() as session:
        check_region(session, region)
        return [
            Known(one, scheme_of(settings, one.scheme)) for one in applications(session, wanted)
        ]


def public_recognitions(
    database: Database,
    settings: Settings,
    *,
    region: str | None = None,
    facility: str | None = None,
    organisation: str | None = None,
) -> list[PublicRecognition]:
    """Return the recognitions that are in force today, by day and name.

    Facilities that are not published are left out, and so are all drafts and reviews.

    Raises
    ------
    InvalidValueError
        If there is no such region.
    """
    day = today(settings)
    with database.snapshot() as session:
        check_region(session, region)
        wanted = ApplicationFilter(region=region, facility=facility, organisation=organisation)
        by_id = {one.id: one for one in applications(session, wanted)}
        found = [] if not by_id else recognitions_of(session, sorted(by_id))
    public = []
    for one in found:
        known = Known(
            by_id[one.application_id], scheme_of(settings, by_id[one.application_id].scheme)
        )
        status = known.record.facility_status
        if not one.in_force(day) or (status is not None and status not in PUBLIC_STATUSES):
            continue
        titles = {each.code: each.text for each in known.scheme.titles}
        public.append(
            PublicRecognition(
                facility=known.record.facility,
                organisation=known.record.organisation,
                name=known.record.subject_name,
                title=one.title,
                # A title that the scheme's file no longer has is known by its code alone.
                title_text=titles.get(one.title, Text(one.title, one.title)),
                given_on=one.given_on,
                until_on=one.until_on,
                document=one.document,
                suspended=known.stage is Stage.SUSPENDED,
            )
        )
    return sorted(public, key=lambda one: (one.given_on, one.name))
