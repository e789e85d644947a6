"""What was accepted for a sender or for headings, proposed again with the next list."""

from geoapp.operations.imports.choices import (
    DraftChoices,
    SenderHabit,
    headings_key,
    sender_key,
)
from geoapp.store.engine import Session
from geoapp.store.import_drafts import (
    find_habit,
    keep_habit,
)


def remembered(session: Session, columns: list[str], choices: DraftChoices) -> DraftChoices:
    """Return choices with what was accepted last for the sender, else for these headings."""
    known = None if choices.sender is None else _sender_habit(session, choices.sender)
    if known is not None and columns:
        return known[0].applied(columns, choices, known[1])
    habit = find_habit(session, headings_key(columns)) if columns else None
    if habit is None:
        return choices
    before = DraftChoices.model_validate(habit.choices)
    return choices.changed(
        fields=before.fields,
        kind=before.kind,
        code_key=before.code_key,
        datum=before.datum,
        datum_place=before.datum_place,
        crs=choices.crs or before.crs,
        order=before.order,
        blank=before.blank,
        remembered=habit.accepted_by,
    )


def _sender_habit(session: Session, sender: str) -> tuple[SenderHabit, str] | None:
    """Return what is kept for a sender, and who accepted it last."""
    found = find_habit(session, sender_key(sender))
    if found is None:
        return None
    return SenderHabit.model_validate(found.choices), found.accepted_by


def keep_habits(session: Session, columns: list[str], choices: DraftChoices, by: str) -> None:
    """Keep what was accepted for a list's headings, and for its sender."""
    keep_habit(session, headings_key(columns), choices.habit(), by)
    sender = choices.sender
    if sender is None:
        return
    known = _sender_habit(session, sender)
    kept = SenderHabit.of(None if known is None else known[0], sender, columns, choices)
    keep_habit(session, sender_key(sender), kept.model_dump(mode="json"), by)
