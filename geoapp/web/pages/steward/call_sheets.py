"""``/steward/calls/sheet``: a filled call sheet looked through, and its answers taken over."""

import tempfile
from datetime import date
from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_SHEET_ANSWERS
from geoapp.core.roles import Permission
from geoapp.core.words import CallOutcome
from geoapp.operations.facilities.call_answers import Answer, answer_calls
from geoapp.operations.facilities.call_sheets import SheetAnswer, read_call_sheet
from geoapp.operations.moment import today
from geoapp.web.edge.access import require
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.parameters import WITHOUT_NUL
from geoapp.web.edge.services import services

blueprint = Blueprint("steward_call_sheets", __name__)

_FILE = Text("填好的电话核实单（XLSX）", "a filled call sheet (XLSX)")


class _Line(BaseModel):
    """An answer as the page that showed it sends it back."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=MOST_CODE_CHARACTERS, pattern=WITHOUT_NUL)
    rev: int = Field(ge=0, lt=2**63)
    outcome: CallOutcome
    opening_hours: str | None = Field(None, pattern=WITHOUT_NUL)
    entry: str | None = Field(None, pattern=WITHOUT_NUL)
    phone: str | None = Field(None, pattern=WITHOUT_NUL)
    address: str | None = Field(None, pattern=WITHOUT_NUL)
    again_on: date | None = None

    def answer(self) -> Answer:
        """Return it as what came of a call."""
        heard = self.model_dump(
            include={"opening_hours", "entry", "phone", "address"}, exclude_none=True
        )
        return Answer(self.outcome, heard, again_on=self.again_on)


_LINES = TypeAdapter(list[_Line])


@blueprint.post("/steward/calls/sheet")
@require(Permission.EDIT)
@heavy
def look() -> Response:
    """Show what a filled sheet would change; nothing is stored."""
    sent = request.files.get("sheet")
    if sent is None or not sent.filename:
        raise InvalidValueError("sheet", None, _FILE)
    parts = services()
    suffix = Path(sent.filename).suffix.lower()
    if suffix != ".xlsx":
        raise InvalidValueError("sheet", sent.filename[:100], _FILE)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet.xlsx"
        sent.save(path)
        found = read_call_sheet(parts.database, path, today(parts.settings))
    good = [(one, _sent_back(one)) for one in found if one.problem is None]
    bad = [one for one in found if one.problem is not None]
    page = render_template("steward/call_sheet.html", good=good, bad=bad, name=sent.filename)
    return make_response(page)


def _sent_back(one: SheetAnswer) -> str:
    assert one.outcome is not None and one.changes is not None
    return _Line(
        code=one.code, rev=one.rev, outcome=one.outcome, again_on=one.again_on, **one.changes
    ).model_dump_json(exclude_none=True)


@blueprint.post("/steward/calls/sheet/take-over")
@require(Permission.EDIT)
@heavy
def take_over() -> Response:
    """Store the answers that are ticked as one change, and tell which were refused."""
    try:
        lines = _LINES.validate_json(f"[{','.join(request.form.getlist('line'))}]")
    except ValidationError:
        accepted = Text("上一页列出的内容", "what the page before listed")
        raise InvalidValueError("line", None, accepted) from None
    if len(lines) > MOST_SHEET_ANSWERS:
        accepted = Text(f"最多 {MOST_SHEET_ANSWERS} 条", f"at most {MOST_SHEET_ANSWERS}")
        raise InvalidValueError("line", len(lines), accepted)
    parts = services()
    done = answer_calls(
        parts.database, parts.settings, [(line.code, line.rev, line.answer()) for line in lines]
    )
    return make_response(render_template("steward/call_sheet_done.html", done=done))
