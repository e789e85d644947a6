"""Named queries on attached files that no application has any more: looked at, and erased for good."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from geoapp.store.engine import Session


@dataclass(frozen=True, slots=True)
class RemovedDocument:
    """A file that no application has any more.

    Attributes
    ----------
    sha256
        Names its content, hexadecimal.
    name, media_type
        As it was attached last; None if the log does not say.
    applications
        The numbers of those that had it, whoever lost it last first.
    removed_at, removed_by
        When it was taken away, and by whom.
    erased_at, erased_by
        When its content was erased for good, and by whom; None if it never was.
    is_kept
        Whether its content is there: never erased, or attached anew since.
    is_attached
        Whether an application has it; of those that are kept, only one attached anew can be.
    """

    sha256: str
    name: str | None
    media_type: str | None
    applications: tuple[int, ...]
    removed_at: datetime | None
    removed_by: str | None
    erased_at: datetime | None
    erased_by: str | None
    is_kept: bool
    is_attached: bool


def removed_documents(session: Session) -> list[RemovedDocument]:
    """Return the files that no application has, and those erased, the latest first."""
    query = text(
        """
        with removed as (
            select distinct on (c.before ->> 'sha256') c.before ->> 'sha256' as sha256,
                c.before ->> 'name' as name, c.before ->> 'media_type' as media_type,
                s.at, s.actor
            from change c join change_set s on s.id = c.set_id
            where c.table_name = 'application_document' and c.op = 'delete'
            order by c.before ->> 'sha256', c.set_id desc, c.seq desc
        ), places as (
            select sha256, array_agg(application order by last desc) as applications
            from (select c.before ->> 'sha256' as sha256,
                    cast(c.before ->> 'application_id' as bigint) as application, max(c.seq) as last
                from change c where c.table_name = 'application_document' and c.op = 'delete'
                group by 1, 2) each
            group by sha256
        )
        select d.sha256, r.name, r.media_type, coalesce(places.applications, '{}'), r.at, r.actor, d.erased_at,
            d.erased_by, octet_length(d.content) > 0, attached.yes
        from document_file d
        cross join lateral (select exists (select from application_document o
            where o.sha256 = d.sha256) as yes) attached
        left join removed r on r.sha256 = d.sha256
        left join places on places.sha256 = d.sha256
        where d.erased_at is not null or not attached.yes
        order by coalesce(d.erased_at, r.at) desc nulls last, d.sha256
        """
    )
    return [
        RemovedDocument(named, name, media_type, tuple(applications), *rest)
        for named, name, media_type, applications, *rest in session.execute(query)
    ]


def document_is_attached(session: Session, sha256: str) -> bool | None:
    """Tell whether an application has a file, kept from changing; None if its content is not kept."""
    kept = session.execute(
        text(
            "select from document_file where sha256 = :sha256 and octet_length(content) > 0 "
            "for update"
        ),
        {"sha256": sha256},
    ).one_or_none()
    if kept is None:
        return None
    return bool(
        session.execute(
            text("select exists (select from application_document where sha256 = :sha256)"),
            {"sha256": sha256},
        ).scalar_one()
    )


def erase_content(session: Session, sha256: str, by: str | None) -> None:
    """Erase a file's content for good, and write down when and by whom."""
    session.execute(
        text(
            "update document_file set content = '', erased_at = clock_timestamp(), "
            "erased_by = :by where sha256 = :sha256"
        ),
        {"sha256": sha256, "by": by},
    )
