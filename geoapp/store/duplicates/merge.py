"""Making one of two facilities: values, what belongs to them, and the code that leads on."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.store.facilities.states import take_states

# By what is chosen as one, the columns that go with it.
GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "name_zh": ("name_zh",),
    "name_en": ("name_en",),
    "kind": ("kind_code",),
    "status": ("status", "status_note", "closed_on", "closed_basis"),
    "position": (
        "geom",
        "position_basis",
        "position_accuracy_m",
        "region_code",
        "region_match",
        "region_distance_m",
        "timezone",
    ),
    "address": ("address",),
    "opening_hours": ("opening_hours", "opening_hours_raw"),
    "entry": ("entry",),
    "access": ("access",),
    "phone": ("phone",),
    "operator": ("operator",),
    "host": ("host",),
    "capacity": ("capacity",),
    "source": ("source",),
    "opened_on": ("opened_on", "opened_basis"),
    "verified_on": ("verified_on",),
}
# What refers to a facility, and what becomes of it; a test holds it against the tables.
REFERRING: Final = {
    "facility_place": "places",
    "facility_state": "those of whichever status is taken",
    "facility_role": "moves",
    "facility_part": "moves",
    "facility_code_alias": "moves",
    "facility_call": "the later call stays",
    "facility_photo": "moves",
    "application": "moves",
    "proposal": "moves",
    "service_offer": "moves",
    "duty_desk": "moves",
    "visit_count": "moves",
    "opinion_poll": "is added",
    "indicator_evidence": "moves",
    "duplicate_decision": "moves",
    "public_map_decision": "moves",
    # Somebody confirmed it of a record that is no more.
    "facility_confirmation": "goes",
    "worker_report": "moves",
    "facility_voice": "is weighed anew",
    "facility_words": "made anew",
}
_VALUES: Final = ("amenities", "no_amenities")


def take_values(
    session: Session,
    survivor: int,
    other: int,
    groups: Collection[str],
    amenities: dict[str, list[str]],
) -> None:
    """Give a facility another's values of some groups, the amenities, and what is kept aside.

    Columns kept aside are those of both; where both have one, the survivor's stays. What stands for
    a real place of either is no sample. The states are those of the facility whose status is taken:
    a merge is nothing that happened to the place, and adds no step.
    """
    if "status" in groups:
        take_states(session, survivor, other)
    columns = [column for group in groups for column in GROUPS[group]]
    taken = [f"{column} = o.{column}" for column in columns]
    taken += [f"{column} = cast(:{column} as text[])" for column in _VALUES]
    session.execute(
        text(
            f"update facility f set {', '.join(taken)}, extra = o.extra || f.extra, "
            "is_sample = f.is_sample and o.is_sample "
            "from facility o where f.id = :survivor and o.id = :other"
        ),
        {"survivor": survivor, "other": other} | {one: amenities[one] for one in _VALUES},
    )


def take_places(session: Session, survivor: int, other: int) -> None:
    """Give a facility that moves another's timetable in place of its own."""
    numbers = {"survivor": survivor, "other": other}
    session.execute(text("delete from facility_place where facility_id = :survivor"), numbers)
    session.execute(
        text("update facility_place set facility_id = :survivor where facility_id = :other"),
        numbers,
    )


_MOVES: Final = (
    # What an organisation does for both is done once.
    "update facility_role r set facility_id = :survivor where facility_id = :other and not exists "
    "(select from facility_role o where o.facility_id = :survivor and o.role = r.role "
    "and o.organisation_code = r.organisation_code "
    "and o.valid_from is not distinct from r.valid_from)",
    # One that was part of the other is no part of itself.
    "delete from facility_part where (whole_id, part_id) in ((:survivor, :other), (:other, :survivor))",
    "update facility_part p set whole_id = :survivor where whole_id = :other and not exists "
    "(select from facility_part o where o.whole_id = :survivor and o.part_id = p.part_id "
    "and o.valid_from is not distinct from p.valid_from)",
    "update facility_part p set part_id = :survivor where part_id = :other and not exists "
    "(select from facility_part o where o.part_id = :survivor and o.whole_id = p.whole_id "
    "and o.valid_from is not distinct from p.valid_from)",
    "update facility_code_alias set facility_id = :survivor where facility_id = :other",
    "update facility_photo set facility_id = :survivor where facility_id = :other",
    # What both offer, or answer by one telephone, is there once.
    "update service_offer r set facility_id = :survivor where facility_id = :other and not exists "
    "(select from service_offer o where o.facility_id = :survivor and o.item_code = r.item_code "
    "and o.organisation_code is not distinct from r.organisation_code "
    "and o.valid_from is not distinct from r.valid_from)",
    "update duty_desk r set facility_id = :survivor where facility_id = :other and not exists "
    "(select from duty_desk o where o.facility_id = :survivor and o.phone = r.phone)",
    # One day of one place has one count by each basis; whoever spoke of either spoke of what both became.
    "update visit_count r set facility_id = :survivor where facility_id = :other and not exists "
    "(select from visit_count o where o.facility_id = :survivor and o.day = r.day "
    "and o.hour is not distinct from r.hour and o.basis = r.basis)",
    "insert into opinion_poll as o select :survivor, day, stars, n from opinion_poll "
    "where facility_id = :other on conflict (facility_id, day, stars) do update set n = o.n + excluded.n",
    "delete from opinion_poll where facility_id = :other",
    "update application set facility_id = :survivor where facility_id = :other",
    "update proposal set facility_id = :survivor where facility_id = :other",
    # What an indicator counts is counted once.
    "update indicator_evidence r set facility_id = :survivor where facility_id = :other "
    "and not exists (select from indicator_evidence o where o.facility_id = :survivor "
    "and o.programme_code = r.programme_code and o.indicator_code = r.indicator_code)",
    "delete from facility_call c using facility_call o where c.facility_id = :survivor "
    "and o.facility_id = :other and o.called_on > c.called_on",
    "update facility_call set facility_id = :survivor where facility_id = :other "
    "and not exists (select from facility_call where facility_id = :survivor)",
    "update public_map_decision r set facility_id = :survivor where facility_id = :other "
    "and not exists (select from public_map_decision o where o.facility_id = :survivor "
    "and o.map = r.map and o.listing = r.listing)",
    "delete from duplicate_decision "
    "where first_id = least(:survivor, :other) and second_id = greatest(:survivor, :other)",
    # Whoever is not the same as the other is not the same as what both became.
    "insert into duplicate_decision select least(:survivor, d.third), greatest(:survivor, d.third), "
    "verdict, decided_by, decided_at, "
    "case when :survivor < d.third then own_name else third_name end, "
    "case when :survivor < d.third then third_name else own_name end, "
    "case when :survivor < d.third then own_place else third_place end, "
    "case when :survivor < d.third then third_place else own_place end "
    "from (select *, case when first_id = :other then second_id else first_id end as third, "
    "case when first_id = :other then first_name else second_name end as own_name, "
    "case when first_id = :other then second_name else first_name end as third_name, "
    "case when first_id = :other then first_place else second_place end as own_place, "
    "case when first_id = :other then second_place else first_place end as third_place "
    "from duplicate_decision where :other in (first_id, second_id)) d on conflict do nothing",
)


def move_what_belongs(session: Session, survivor: int, other: int) -> None:
    """Let what points at a facility point at another; what that one has already goes."""
    numbers = {"survivor": survivor, "other": other}
    for statement in _MOVES:
        session.execute(text(statement), numbers)


def wholes_in_a_circle(session: Session, survivor: int) -> bool:
    """Tell whether a facility has become a part of one of its own parts."""
    found = session.execute(
        text(
            "with recursive below(id) as ("
            "select part_id from facility_part where whole_id = :survivor union "
            "select p.part_id from facility_part p join below b on p.whole_id = b.id) "
            "select exists (select from below where id = :survivor)"
        ),
        {"survivor": survivor},
    )
    return bool(found.scalar_one())


def lead_code_on(session: Session, survivor: int, code: str) -> None:
    """Let a code that is given up lead to a facility."""
    session.execute(
        text(
            "insert into facility_code_alias (old, facility_id) values (:code, :survivor) "
            "on conflict (old) do update set facility_id = excluded.facility_id"
        ),
        {"code": code, "survivor": survivor},
    )


def referring_tables(session: Session) -> set[str]:
    """Return the tables that refer to facilities."""
    rows: Any = session.scalars(
        text(
            "select distinct cast(conrelid as regclass)::text from pg_constraint "
            "where contype = 'f' and confrelid = cast('facility' as regclass)"
        )
    )
    return set(rows)
