"""A proposal opened: it becomes a facility of the register, or leads to one that is there."""

import math
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from geoapp.core.errors import ConflictError, InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.proposals import ProposalState
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.settings import Settings
from geoapp.core.units import counted
from geoapp.core.vocabulary import kind_of, load_vocabulary
from geoapp.core.words import Datum, Family, OrganisationRole, Status
from geoapp.operations.facilities.edit import add_within, change_within
from geoapp.operations.proposals.edit import check_step, checked_day, current_proposal
from geoapp.store.engine import Database, Session
from geoapp.store.facilities.read import facility_by_code
from geoapp.store.facilities.write import lock_facilities
from geoapp.store.organisations import add_role, has_role
from geoapp.store.proposals import (
    ProposalRecord,
    add_proposal_step,
    proposal_of_facility,
    write_proposal,
)

# What is entered of the new station; the rest stays unknown until somebody knows it.
STATION_FIELDS: Final = (
    "code",
    "kind",
    "name_zh",
    "name_en",
    "opening_hours",
    "amenities",
    "no_amenities",
    "entry",
    "access",
    "address",
    "phone",
    "capacity",
)


def open_proposal(
    database: Database,
    settings: Settings,
    number: int,
    opened_on: date,
    *,
    expected_rev: int | None,
    station: Mapping[str, Any] | None = None,
    facility: str | None = None,
) -> str:
    """Open a proposal, in one transaction with the register; return the facility's code.

    Parameters
    ----------
    opened_on
        The day on which it opened, as it is entered: none is made up.
    station
        `STATION_FIELDS` of a new facility at the proposal's place. Without a code it gets the next
        one of its region and kind, without a name `station_name`, without a kind that of the plan;
        what else the plan says of it (`as_planned`) is entered unless it is given, be it as None: unknown.
    facility
        In place of that, the code of one that is there; it is opened if it was not open.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    RefusedStepError
        If it cannot be opened from its state, or the facility cannot become open.
    ConflictError
        If somebody else has changed it since, the code is taken, or the facility is that of another
        proposal.
    InvalidValueError
        Naming the first value that is not accepted; a new station opens no earlier than the step before.
    NotAllowedError
        If who acts is kept to regions, and it lies outside them.
    """
    with database.session() as session:
        lock_facilities(session)  # first, as everybody takes them who writes both
        record = current_proposal(session, number, expected_rev)
        check_step(record, ProposalState.OPEN)
        if facility is not None:
            # What stands already may have opened before anybody planned it; the board learns it now.
            day = checked_day("opened_on", opened_on, settings)
            code = _linked(session, settings, facility, day)
        else:
            day = checked_day("opened_on", opened_on, settings, since=record.since)
            code = _made(session, settings, record, station or {}, day)
        stored = facility_by_code(session, code)
        if stored is None:
            raise ConflictError(Text(f"没有站点 {code}", f"There is no facility {code}"))
        write_proposal(
            session, number, {"state": str(ProposalState.OPEN), "facility_id": stored.id}
        )
        step_day = max(day, record.since)
        add_proposal_step(session, number, str(ProposalState.OPEN), step_day, None)
        _host(session, record, stored.id, day)
        return code


def planned_kind(question: SitingParameters) -> str:
    """Return the family of which a plan's figures hold: stations before others."""
    families = question.families or (Family.STATION,)
    return str(Family.STATION) if Family.STATION in families else min(families)


def as_planned(record: ProposalRecord) -> dict[str, Any]:
    """Return what the plan says of the new station: its hours, and whole seats; no more than it says."""
    hours = SitingParameters.from_stored(record.question).new_hours
    return {
        **({} if hours is None else {"opening_hours": hours}),
        **({} if record.seats is None else {"capacity": math.floor(record.seats)}),
    }


def station_name(record: ProposalRecord, kind: Text) -> Text:
    """Return what a new station is called if nobody says otherwise: where a place lies is no name.

    What somebody called the proposal; else its host and kind; else its district and kind, with the
    proposal's number.

    Parameters
    ----------
    kind
        What its kind is called.
    """
    if not record.name_zh.startswith(record.site_zh):
        return Text(record.name_zh, record.name_en or record.name_zh)
    host = record.organisation_name or record.host or record.candidate
    if host is not None:
        return Text(f"{host}{kind.zh}", f"{kind.en}, {host}")
    zh, en = record.region_zh or "", record.region_en or record.region_zh
    number = record.id
    return Text(f"{zh}{kind.zh} {number}", f"{kind.en} {number}{f', {en}' if en else ''}")


def _kind_text(written: str) -> Text:
    """Return what a kind is called; one that is not known is refused where the facility is made."""
    code = kind_of(written)
    kinds = {kind.code: kind.text for kind in load_vocabulary().kinds}
    return kinds.get(code or "", Text(written, written))


def _made(
    session: Session,
    settings: Settings,
    record: ProposalRecord,
    station: Mapping[str, Any],
    day: date,
) -> str:
    for name in station:
        if name not in STATION_FIELDS:
            listed = ", ".join(STATION_FIELDS)
            raise InvalidValueError(name, station[name], Text(listed, listed))
    said = {**as_planned(record), **station}
    given = {name: value for name, value in said.items() if value not in (None, "", [])}
    adds = counted(record.promised, "人", "worker")
    mark = Text("（示例）", " (sample)") if record.sample else Text("", "")
    host = record.organisation_name or record.host
    planned = planned_kind(SitingParameters.from_stored(record.question))
    called = station_name(record, _kind_text(str(given.get("kind", planned))))
    properties = {
        "kind": planned,
        "name_zh": called.zh,
        **({} if "name_zh" in given else {"name_en": called.en}),
        **({} if host is None else {"host": host}),
        **given,
        "lon": record.lon,
        "lat": record.lat,
        "status": str(Status.OPEN),
        "opened_on": day.isoformat(),
        "source": f"看板 {record.id}：选址 {record.run} 的第 {record.order} 处，"
        f"承诺新增覆盖 {adds.zh}{mark.zh} / board {record.id}: site {record.order} of siting run "
        f"{record.run}, {adds.en} promised to be newly reached{mark.en}",
    }
    return add_within(session, settings, None, properties, Datum.WGS84, issue=True).code


def _linked(session: Session, settings: Settings, code: str, day: date) -> str:
    found = facility_by_code(session, code)
    if found is None:
        raise InvalidValueError(
            "facility", code, Text("已有站点的编号", "the code of a stored facility")
        )
    other = proposal_of_facility(session, found.id)
    if other is not None:
        raise ConflictError(
            Text(
                f"{code} 已是看板上第 {other} 号站点。",
                f"{code} is the station of proposal {other} already.",
            )
        )
    if found.status != Status.OPEN:
        change_within(
            session,
            settings,
            code,
            None,
            {"status": str(Status.OPEN), "opened_on": day.isoformat()},
            Datum.WGS84,
            expected_rev=None,
        )
    return code


def _host(session: Session, record: ProposalRecord, facility_id: int, day: date) -> None:
    """Store that the registered host is the station's, from the day of its opening."""
    code = record.organisation
    if code is None or has_role(session, code, facility_id, OrganisationRole.HOSTS, day, None):
        return
    add_role(
        session,
        {
            "organisation_code": code,
            "facility_id": facility_id,
            "role": str(OrganisationRole.HOSTS),
            "valid_from": day,
            "valid_to": None,
            "source": f"看板 {record.id} / board {record.id}",
        },
    )
