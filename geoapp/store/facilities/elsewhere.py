"""Staged facilities that an account kept to regions may not write: they lie, or lay, elsewhere."""

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from geoapp.core.i18n import Text


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A facility outside the regions of whoever acts.

    ``is_stored`` says that the stored one lies there; else the row would bring it there. ``region`` is
    where that is, None outside every region.
    """

    code: str
    is_stored: bool
    region: Text | None


def read_elsewhere(session: Session) -> tuple[Elsewhere, ...]:
    """Return the staged rows that would be refused, in the file's order; none for who has no bounds.

    The triggers that keep accounts to their regions judge by the same function, row by row.
    """
    rows = session.execute(
        text(
            "with concerned as (select s.n, s.code, s.region_code as after, f.region_code as before, "
            "f.id is not null as is_stored from staged s left join facility f on f.id = s.id "
            "where s.id is null or s.changed), "
            "away as (select region_code from (select after as region_code from concerned "
            "union select before from concerned) as named where not geoapp_within(region_code)) "
            "select c.code, b.away, r.code, r.name_zh, r.name_en from concerned c "
            "cross join lateral (select c.is_stored and exists (select from away where "
            "region_code is not distinct from c.before) as away) as b "
            "left join region r on r.code = case when b.away then c.before else c.after end "
            "where b.away or exists (select from away where region_code is not distinct from c.after) "
            "order by c.n"
        )
    )
    return tuple(
        Elsewhere(
            code,
            is_stored,
            None if region is None else Text(f"{zh} {region}", f"{en or zh} {region}"),
        )
        for code, is_stored, region, zh, en in rows
    )


def named(session: Session, codes: tuple[str, ...]) -> Text:
    """Return regions as a person reads them: name and code."""
    rows = session.execute(
        text(
            "select u.code, r.name_zh, r.name_en from unnest(cast(:codes as text[])) as u(code) "
            "left join region r on r.code = u.code order by u.code"
        ),
        {"codes": list(codes)},
    ).all()
    return Text(
        "、".join(f"{zh or ''} {code}".strip() for code, zh, _ in rows),
        ", ".join(f"{en or zh or ''} {code}".strip() for code, zh, en in rows),
    )
