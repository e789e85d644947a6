"""What the steward's forms send: fields as text, amenities in three states, and what there was."""

import orjson
from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.vocabulary import load_vocabulary
from geoapp.web.edge.parameters import without_nul

# Amenities are one field here: their codes in order.
LIST = "; "


def sent(names: tuple[str, ...]) -> dict[str, str]:
    """Return the fields of the form that was sent, amenities as two lists."""
    form = request.form
    values = {
        name: without_nul(form[name]).replace("\r\n", "\n").strip()
        for name in names
        if name in form
    }
    marks = {name[8:]: mark for name, mark in form.items() if name.startswith("amenity-")}
    if marks:
        values["amenities"] = LIST.join(sorted(one for one in marks if marks[one] == "yes"))
        values["no_amenities"] = LIST.join(sorted(one for one in marks if marks[one] == "no"))
    return values


def base() -> dict[str, str]:
    """Return the fields as they were when the form was opened.

    Raises
    ------
    InvalidValueError
        If the form does not say.
    """
    try:
        found = orjson.loads(request.form.get("base", "{}"))
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        raise InvalidValueError("base", None, Text("打开页面时的内容", "what the page had"))
    return {str(name): str(value) for name, value in found.items()}


def amenity_marks(there: str, absent: str) -> list[tuple[str, Text, str]]:
    """Return every amenity with its name and ``yes``, ``no`` or nothing for unknown.

    What the store holds and the shipped words no longer name is kept as it is.
    """
    present, lacking = there.split(LIST), absent.split(LIST)
    texts = {one.code: one.text for one in load_vocabulary().amenities}
    texts |= {code: Text(code, code) for code in (*present, *lacking) if code not in texts}
    return [
        (code, text, "yes" if code in present else "no" if code in lacking else "")
        for code, text in texts.items()
        if code
    ]


def expected_rev(field: str = "rev") -> int:
    """Return the version of the record that the form was opened at; -1 fits none."""
    rev = request.form.get(field, "")
    return int(rev) if rev.isascii() and rev.isdecimal() and len(rev) < 19 else -1
