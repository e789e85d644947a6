"""Named queries on the words that facilities are found by.

``facility_words`` follows ``facility``: a row whose ``rev`` is not the facility's is out of date,
whoever changed the facility and by which way.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import astuple, dataclass
from datetime import date

from sqlalchemy import bindparam, text
from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Unread:
    """A facility whose words are not those of its present state."""

    id: int
    rev: int
    code: str
    name_zh: str
    name_en: str | None
    address: str | None
    phone: str | None
    operator: str | None
    host: str | None


@dataclass(frozen=True, slots=True)
class Words:
    """What a facility is found by.

    ``everything`` holds these and all else that is told of it, `spaced`.
    """

    facility_id: int
    rev: int
    name: str
    pinyin: str
    initials: str
    everything: str


_EACH = re.compile("([^\x00-\u024f])")
_BEYOND = re.compile(r" +")
_BEHIND = "from facility f left join facility_words w on w.facility_id = f.id"
_OLD = "w.rev is distinct from f.rev"


def count_unread(session: Session) -> int:
    """Return how many facilities' words are not those of their present state."""
    number: int = session.execute(text(f"select count(*) {_BEHIND} where {_OLD}")).scalar_one()
    return number


def read_unread(session: Session, limit: int) -> list[Unread]:
    """Return facilities whose words are to be made, ``limit`` at most."""
    rows = session.execute(
        text(
            "select f.id, f.rev, f.code, f.name_zh, f.name_en, f.address, f.phone, f.operator, "
            f"f.host {_BEHIND} where {_OLD} order by f.id limit :limit"
        ),
        {"limit": limit},
    )
    return [Unread(*row) for row in rows]


_WRITE = text(
    """
    insert into facility_words (facility_id, rev, name, pinyin, initials, everything)
    select id, rev, name, pinyin, initials, everything
    from unnest(
        cast(:ids as bigint[]), cast(:revs as bigint[]), cast(:names as text[]),
        cast(:pinyin as text[]), cast(:initials as text[]), cast(:everything as text[])
    ) as made (id, rev, name, pinyin, initials, everything)
    where exists (select from facility f where f.id = made.id for key share)
    on conflict (facility_id) do update set rev = excluded.rev, name = excluded.name,
        pinyin = excluded.pinyin, initials = excluded.initials, everything = excluded.everything
    where excluded.rev > facility_words.rev
    """
)


def write_words(session: Session, words: Sequence[Words]) -> None:
    """Store the words of some facilities; those that are gone meanwhile are left out."""
    if not words:
        return
    columns = zip(*map(astuple, words), strict=True)
    names = ("ids", "revs", "names", "pinyin", "initials", "everything")
    session.execute(_WRITE, dict(zip(names, map(list, columns), strict=True)))


@dataclass(frozen=True, slots=True)
class FacilityHit:
    """A facility that was found; position WGS-84 (of an area, a point inside it; None = unknown).

    ``rank`` is how well it fits: 0 and 1 are the code and the name itself.
    """

    rank: int
    code: str
    kind_code: str
    name_zh: str
    name_en: str | None
    address: str | None
    region_code: str | None
    status: str
    is_sample: bool
    lon: float | None
    lat: float | None
    doubt: str | None = None
    doubt_voices: int | None = None
    doubt_since: date | None = None
    status_note: str | None = None


# How good a hit is: the code itself, the name, its beginning, its sound, anything else.
_RANK = """
    case when lower(f.code) = :whole then 0
        when w.name = :whole then 1
        when starts_with(w.name, :whole) then 2
        when position(:whole in w.name) > 0 then 3
        when starts_with(w.pinyin, :whole) or starts_with(w.initials, :whole) then 4
        when position(:whole in w.pinyin) > 0 then 5
        when position(:whole in w.initials) > 0 then 6
        else 7 end
"""
# What fits more facilities than this says little: the best of so many are taken.
MOST_RANKED = 20_000


def find_facilities(
    session: Session, terms: Sequence[str], *, statuses: Collection[str], limit: int
) -> list[FacilityHit]:
    """Return facilities in whose words all terms are found, the best hits first, then by code.

    Parameters
    ----------
    terms
        As `geoapp.core.sounds.search_terms` gives them; at least one.
    """
    rows = session.execute(
        text(
            f"""
            with found as materialized (
                select w.* from facility_words w where {words_condition(terms)} limit :most
            ), best as (
                select f.id, {_RANK} as rank, length(w.name) as length
                from found w join facility f on f.id = w.facility_id
                where f.status in :statuses
                order by rank, length, f.code limit :limit
            )
            select b.rank, f.code, f.kind_code, f.name_zh, f.name_en, f.address, f.region_code,
                f.status, f.is_sample, st_x(point), st_y(point),
                v.doubt, v.doubt_voices, v.doubt_since, f.status_note
            from best b join facility f on f.id = b.id
            left join facility_voice v on v.facility_id = f.id
            cross join lateral (select case when geometrytype(f.geom) = 'POINT' then f.geom
                else st_pointonsurface(f.geom) end as point) placed
            order by b.rank, b.length, f.code
            """
        ).bindparams(bindparam("statuses", expanding=True)),
        words_parameters(terms)
        | {
            "whole": "".join(terms),
            "statuses": sorted(statuses),
            "limit": limit,
            "most": MOST_RANKED,
        },
    )
    return [FacilityHit(*row) for row in rows]


def words_condition(terms: Sequence[str]) -> str:
    """Return the SQL condition that ``w``, a row of ``facility_words``, holds all terms."""
    return " and ".join(f"w.everything like :term{place}" for place in range(len(terms)))


def words_parameters(terms: Sequence[str]) -> dict[str, str]:
    """Return the parameters of `words_condition`."""
    return {f"term{place}": f"%{_literal(spaced(term))}%" for place, term in enumerate(terms)}


def spaced(folded: str) -> str:
    """Return a folded text with every sign beyond Latin and digits standing by itself.

    PostgreSQL's trigram index finds three letters in a row; a single sign between two blanks is
    found by it too, so that also one or two Chinese signs need no scan of all rows.
    """
    return _BEYOND.sub(" ", _EACH.sub(r" \1 ", folded))


def _literal(term: str) -> str:
    return term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
