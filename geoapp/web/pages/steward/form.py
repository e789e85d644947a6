"""What the steward's forms send: fields as text, amenities in three states, and what there was."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import orjson
from flask import request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_REASON_CHARACTERS
from geoapp.core.vocabulary import load_vocabulary
from geoapp.core.words import ACCESS_TEXT, ENTRY_TEXT, POSITION_BASIS_TEXT, STATUS_TEXT
from geoapp.operations.facilities.merge import Clash, Merge, merge
from geoapp.web.edge.parameters import without_nul

# Amenities are one field here: their codes in order.
LIST = "; "
_LISTS = {"yes": "amenities", "no": "no_amenities"}
_MARK = "amenity-"
_MARK_TEXT = {
    "yes": Text("有", "There"),
    "no": Text("没有", "Not there"),
    "": Text("未知", "Not known"),
}
_EMPTY = Text("（空）", "(empty)")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a page of several forms shows of the one that was sent and not taken: which, what, why not."""

    form: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Text | None = None
    clashes: tuple[Clash, ...] = ()


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


def given_reason() -> str | None:
    """Return why something is changed, as the form says it; None where it does not.

    Raises
    ------
    InvalidValueError
        If it is too long.
    """
    reason = without_nul(request.form.get("reason", "")).strip()
    if len(reason) > MOST_REASON_CHARACTERS:
        accepted = Text(
            f"最多 {MOST_REASON_CHARACTERS} 个字", f"at most {MOST_REASON_CHARACTERS} characters"
        )
        raise InvalidValueError("reason", reason, accepted)
    return reason or None


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


def merge_edit(base: Mapping[str, str], mine: Mapping[str, str], now: Mapping[str, str]) -> Merge:
    """Merge an edit amenity by amenity: two people at different ones do not collide."""
    parts = (base, mine, now)
    codes = {
        code
        for part in parts
        for name in _LISTS.values()
        for code in part.get(name, "").split(LIST)
    } - {""}
    found = merge(*(_apart(part, codes) for part in parts))
    changes = {name: one for name, one in found.changes.items() if not name.startswith(_MARK)}
    if len(changes) < len(found.changes):
        marks = _apart(now, codes) | found.changes
        changes |= {
            name: LIST.join(sorted(code for code in codes if marks[_MARK + code] == mark))
            for mark, name in _LISTS.items()
        }
    return Merge(changes, found.clashes, found.others)


def _apart(values: Mapping[str, str], codes: set[str]) -> dict[str, str]:
    """Return fields with one of each amenity in place of the two lists, where there are lists."""
    lists = {mark: values[name].split(LIST) for mark, name in _LISTS.items() if name in values}
    single = {name: one for name, one in values.items() if name not in _LISTS.values()}
    if not lists:
        return single
    return single | {
        _MARK + code: next((mark for mark, there in lists.items() if code in there), "")
        for code in codes
    }


def clash_rows(
    clashes: tuple[Clash, ...], fields: Mapping[str, Text], regions: Mapping[str, Text]
) -> list[tuple[Text, Text, Text]]:
    """Return of each clash the field, theirs and mine, in words and not in codes."""
    known = load_vocabulary()
    names = {_MARK + one.code: one.text for one in known.amenities}
    words: dict[str, Mapping[str, Text]] = {
        "kind": {one.code: one.text for one in known.kinds},
        "status": {str(one): text for one, text in STATUS_TEXT.items()},
        "entry": {str(one): text for one, text in ENTRY_TEXT.items()},
        "access": {str(one): text for one, text in ACCESS_TEXT.items()},
        "position_basis": {str(one): text for one, text in POSITION_BASIS_TEXT.items()},
        "region": regions,
    }

    def told(field: str, value: str) -> Text:
        said = _MARK_TEXT if field.startswith(_MARK) else words.get(field, {})
        return said.get(value) or (Text(value, value) if value else _EMPTY)

    return [
        (
            fields.get(one.field) or names.get(one.field) or Text(one.field, one.field),
            told(one.field, one.theirs),
            told(one.field, one.mine),
        )
        for one in clashes
    ]


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
