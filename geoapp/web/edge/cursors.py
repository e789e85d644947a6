"""Cursors of lists that go in order of code: where the next page begins."""

import base64

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text


def cursor_of(code: str) -> str:
    """Return the cursor of the page after a code."""
    return base64.urlsafe_b64encode(code.encode()).decode().rstrip("=")


def code_after(cursor: str) -> str:
    """Return the code after which a page begins.

    Raises
    ------
    InvalidValueError
        If no page gave this cursor.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        code = base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (ValueError, UnicodeError):
        code = "\x00"
    if "\x00" in code:
        raise InvalidValueError(
            "cursor", cursor, Text("上一页给出的 cursor", "the cursor of a page before")
        )
    return code
