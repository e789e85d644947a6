"""What workers say of a facility, as programs are told it."""

from typing import Any

from geoapp.core.voices import Doubt, doubt_text


def doubtful_answer(doubt: Doubt | None) -> dict[str, Any] | None:
    """Return a doubt in the form of answers; None if there is none."""
    if doubt is None:
        return None
    note = doubt_text(doubt)
    return {
        "kind": doubt.kind,
        "voices": doubt.voices,
        "since": doubt.since.isoformat(),
        "note": {"zh": note.zh, "en": note.en},
    }
