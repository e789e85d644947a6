"""A proposal changed, moved, and taken from state to state; opening it is in `opening`."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from geoapp.core.acting import act
from geoapp.core.errors import ConflictError, InvalidValueError, RefusedStepError
from geoapp.core.geo import check_lonlat, to_wgs84
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_MONEY
from geoapp.core.proposals import TRANSITIONS, ProposalState, refused_step
from geoapp.core.settings import Settings
from geoapp.core.words import Datum
from geoapp.operations.moment import today
from geoapp.operations.proposals.read import found_proposal
from geoapp.operations.proposals.take import region_at
from geoapp.operations.stale import refuse_stale
from geoapp.store.engine import Database, Session
from geoapp.store.organisations import organisation_by_code
from geoapp.store.proposals import (
    ProposalRecord,
    add_proposal_step,
    lock_proposals,
    write_proposal,
)
from geoapp.store.users import user_by_name

MOST_WORDS: Final = 100
MOST_NOTE: Final = 2000
FIRST_DAY: Final = date(1990, 1, 1)
_LAST_PLANNED: Final = date(2100, 12, 31)
_TEXTS: Final = {
    "name_zh": MOST_WORDS,
    "name_en": MOST_WORDS,
    "host": MOST_WORDS,
    "note": MOST_NOTE,
}
FIELDS: Final = (*_TEXTS, "owner", "organisation", "cost", "planned_on", "lon", "lat")


def change_proposal(
    database: Database,
    settings: Settings,
    number: int,
    values: Mapping[str, Any],
    *,
    expected_rev: int | None,
    datum: Datum = Datum.WGS84,
    reason: str | None = None,
) -> None:
    """Change some of a proposal's `FIELDS`; null clears one. Moving it needs a reason.

    Parameters
    ----------
    expected_rev
        The version that the edit was made against; None accepts any.
    datum
        That of ``lon`` and ``lat``, degrees.
    reason
        Why, for the log.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    ConflictError
        If somebody else has changed it since, or it is moved once it is open.
    InvalidValueError
        Naming the first value that is not accepted.
    NotAllowedError
        If who acts is kept to regions, and it lies, or is to lie, outside them.
    """
    said = checked_words("reason", reason, MOST_NOTE)
    with act(reason=said), database.session() as session:
        record = current_proposal(session, number, expected_rev)
        written: dict[str, Any] = {}
        for name, most in _TEXTS.items():
            if name in values:
                written[name] = checked_words(name, values[name], most)
        if "name_zh" in written and written["name_zh"] is None:
            raise InvalidValueError("name_zh", "", Text("名称", "a name"))
        if "owner" in values:
            written["owner"] = _owner(session, values["owner"])
        if "organisation" in values:
            written["organisation_code"] = _organisation(session, values["organisation"])
        if "cost" in values:
            written["cost"] = _cost(values["cost"])
        if "planned_on" in values:
            written["planned_on"] = _planned(values["planned_on"])
        if "lon" in values or "lat" in values:
            written |= _moved(session, settings, record, values, datum, said)
        write_proposal(session, number, written)


def move_proposal(
    database: Database,
    settings: Settings,
    number: int,
    state: ProposalState,
    *,
    expected_rev: int | None,
    on_day: date | None = None,
    reason: str | None = None,
) -> None:
    """Give a proposal another state; dropping it needs a reason.

    Parameters
    ----------
    on_day
        Since when; None is today.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    RefusedStepError
        If the state may not follow; it says what may.
    ConflictError
        If somebody else has changed it since, or the state is *open*, which takes a facility.
    InvalidValueError
        If the day lies in the future or before the present state's, or a reason is needed.
    NotAllowedError
        If who acts is kept to regions, and it lies outside them.
    """
    said = checked_words("reason", reason, MOST_NOTE)
    with act(reason=said), database.session() as session:
        record = current_proposal(session, number, expected_rev)
        check_step(record, state)
        if state is ProposalState.OPEN:
            raise ConflictError(
                Text(
                    f"“{record.name_zh}”要开放，请用“开放”登记站点（类型、启用日期、开放时间）。",
                    f"“{record.name_zh}” is opened by entering the station: kind, opening date, hours.",
                )
            )
        if state is ProposalState.DROPPED and said is None:
            raise InvalidValueError(
                "reason", "", Text("不建的理由", "the reason why it is dropped")
            )
        day = checked_day("on", on_day, settings, since=record.since)
        write_proposal(session, number, {"state": str(state)})
        add_proposal_step(session, number, str(state), day, said)


def current_proposal(session: Session, number: int, expected_rev: int | None) -> ProposalRecord:
    """Return a proposal that nobody else changes until the transaction ends.

    Raises
    ------
    NotFoundError
        If there is none of this number.
    ConflictError
        If somebody else has changed it since.
    """
    lock_proposals(session)
    record = found_proposal(session, number)
    refuse_stale(f"“{record.name_zh}”", record.rev, expected_rev)
    return record


def check_step(record: ProposalRecord, state: ProposalState) -> None:
    """Refuse a state that may not follow.

    Raises
    ------
    RefusedStepError
        Saying what may.
    """
    before = ProposalState(record.state)
    if state not in TRANSITIONS[before]:
        raise RefusedStepError(refused_step(record.name_zh, before, state))


def checked_words(name: str, value: object, most: int) -> str | None:
    """Return words as they are kept; None where nothing is said.

    Raises
    ------
    InvalidValueError
        If there are too many of them.
    """
    said = "" if value is None else str(value).strip()
    if len(said) > most or "\x00" in said:
        raise InvalidValueError(name, said, Text(f"至多 {most} 个字", f"at most {most} characters"))
    return said or None


def checked_day(
    name: str, day: date | None, settings: Settings, *, since: date | None = None
) -> date:
    """Return the day of a step, today where none is said.

    Parameters
    ----------
    since
        The day of the step before, which it may share.

    Raises
    ------
    InvalidValueError
        If it lies in the future, before the step before, or long before any plan.
    """
    now = today(settings)
    if day is None:
        return now
    if since is not None and day < since:
        raise InvalidValueError(
            name,
            day,
            Text(
                f"不早于上一步（{since}）、不晚于今天（{now}）的日期",
                f"a day no earlier than the step before ({since}) and no later than today ({now})",
            ),
        )
    if not FIRST_DAY <= day <= now:
        raise InvalidValueError(
            name,
            day,
            Text(f"不晚于今天（{now}）的日期", f"a day no later than today ({now})"),
        )
    return day


def _owner(session: Session, value: object) -> str | None:
    name = checked_words("owner", value, MOST_WORDS)
    if name is not None and user_by_name(session, name) is None:
        raise InvalidValueError("owner", name, Text("用户的名字", "the name of a user"))
    return name


def _organisation(session: Session, value: object) -> str | None:
    code = checked_words("organisation", value, MOST_WORDS)
    if code is not None and organisation_by_code(session, code) is None:
        raise InvalidValueError(
            "organisation", code, Text("已有单位的编号", "the code of a stored organisation")
        )
    return code


def _cost(value: Any) -> float | None:
    if value is None:
        return None
    cost = float(value)
    if not 0 <= cost <= MOST_MONEY:
        raise InvalidValueError(
            "cost", value, Text(f"0 至 {MOST_MONEY:,.0f}", f"0 to {MOST_MONEY:,.0f}")
        )
    return cost


def _planned(value: date | None) -> date | None:
    if value is not None and not FIRST_DAY <= value <= _LAST_PLANNED:
        raise InvalidValueError(
            "planned_on",
            value,
            Text(f"{FIRST_DAY} 至 {_LAST_PLANNED}", f"{FIRST_DAY} to {_LAST_PLANNED}"),
        )
    return value


def _moved(
    session: Session,
    settings: Settings,
    record: ProposalRecord,
    values: Mapping[str, Any],
    datum: Datum,
    reason: str | None,
) -> dict[str, Any]:
    """Return the columns of another position."""
    lon, lat = values.get("lon"), values.get("lat")
    if lon is None or lat is None:
        missing = "lon" if lon is None else "lat"
        raise InvalidValueError(missing, None, Text("经度和纬度", "both lon and lat"))
    check_lonlat(lon, lat)
    lon, lat = (float(one) for one in to_wgs84(lon=float(lon), lat=float(lat), datum=datum))
    if (round(lon, 7), round(lat, 7)) == (round(record.lon, 7), round(record.lat, 7)):
        return {}
    if record.state == ProposalState.OPEN:
        raise ConflictError(
            Text(
                f"“{record.name_zh}”已开放；站点的位置请在站点数据里改。",
                f"“{record.name_zh}” is open; the station's position is changed in the register.",
            )
        )
    if reason is None:
        raise InvalidValueError("reason", "", Text("移动位置的理由", "the reason why it is moved"))
    return {
        "lon": lon,
        "lat": lat,
        "region_code": region_at(session, settings, lon=lon, lat=lat),
    }
