"""``/steward/prices``: lists of prices, entered one by one or by a file."""

import base64
import tempfile
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geoapp.core.errors import InvalidValueError, NotAllowedError, UnusableInputError
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_DRAFT_BYTES
from geoapp.core.roles import Permission
from geoapp.core.vocabulary import load_vocabulary
from geoapp.importers.open import SUFFIXES
from geoapp.operations.duplicates.find import regions_within
from geoapp.operations.imports.file import import_file
from geoapp.operations.imports.rejects import set_stem
from geoapp.operations.imports.report import ImportReport
from geoapp.operations.moment import today
from geoapp.operations.standards.price_edit import put_price, read_every_price, take_price
from geoapp.web.edge.access import require, signed_in
from geoapp.web.edge.heavy import heavy
from geoapp.web.edge.services import services
from geoapp.web.pages.region_names import region_names
from geoapp.web.pages.steward.form import sent
from geoapp.web.pages.steward.listing import FORMATS
from geoapp.web.pages.steward.page import reply

blueprint = Blueprint("steward_prices", __name__)

_FIELDS: Final = ("list", "item", "price", "unit", "as_of", "source", "region")
_MOST_TOLD: Final = 20


@blueprint.get("/steward/prices")
@require(Permission.EDIT)
def listed() -> str:
    """Show all prices, ready to be added to."""
    return _page()


@blueprint.post("/steward/prices")
@require(Permission.EDIT)
def save() -> AnyResponse | tuple[str, int]:
    """Store a price."""
    values = sent(_FIELDS)
    parts = services()
    try:
        given = values | {"noted_by": signed_in().name}
        number = put_price(parts.database, parts.settings, given)
    except InvalidValueError as error:
        return _page(values=values, wrong=error.text), 422
    except NotAllowedError as error:
        return _page(values=values, wrong=error.text), 403
    return redirect(url_for("steward_prices.listed", saved=number or 0))


@blueprint.post("/steward/prices/file")
@require(Permission.EDIT)
@heavy
def send() -> Response:
    """Import a file of prices, and tell what became of each row that was not taken."""
    given = request.files.get("file")
    if given is None or not given.filename:
        return reply(_page(wrong_file=Text("请选择一个文件。", "Choose a file.")), 422)
    parts = services()
    content = given.stream.read(MOST_DRAFT_BYTES + 1)
    if len(content) > MOST_DRAFT_BYTES:
        most = MOST_DRAFT_BYTES // 1024**2
        told = Text(f"文件超过 {most} MB。", f"The file is larger than {most} MB.")
        return reply(_page(wrong_file=told), 413)
    suffix = Path(given.filename).suffix.lower()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"prices{suffix if suffix in SUFFIXES else '.csv'}"
        path.write_bytes(content)
        try:
            report = import_file(parts.database, parts.settings, "prices", path)
        except (InvalidValueError, UnusableInputError) as error:
            return reply(_page(wrong_file=error.text), 422)
        refused = report.rejects_path
        rejects = None if refused is None else _rejects(refused, given.filename)
    return reply(_page(report=report, rejects=rejects))


def _rejects(path: Path, sent_as: str) -> tuple[str, str]:
    """Return what the file of refused rows is called, and a link that holds it: it is not kept here."""
    suffix = path.suffix.lower()
    content = base64.b64encode(path.read_bytes()).decode()
    name = f"{set_stem(Path(sent_as))}.rejects{suffix}"
    return name, f"data:{FORMATS[suffix.removeprefix('.')]};base64,{content}"


@blueprint.post("/steward/prices/take/<int:number>")
@require(Permission.EDIT)
def take(number: int) -> AnyResponse:
    """Take a price away; an undo brings it back."""
    done = take_price(services().database, number if number < 2**63 else 0)
    return redirect(url_for("steward_prices.listed", saved=done or 0))


def _saved() -> int | None:
    """Return the change set of what was saved just now; 0 if nothing had to change."""
    saved = request.args.get("saved", "")
    return int(saved) if saved.isascii() and saved.isdigit() and len(saved) < 19 else None


def _offered(names: Mapping[str, Text]) -> dict[str, Text]:
    """Return the regions that whoever is signed in may enter prices for."""
    own = regions_within(services().database, signed_in().regions)
    return {code: text for code, text in names.items() if own is None or code in own}


def _page(
    *,
    values: Mapping[str, str] | None = None,
    wrong: Text | None = None,
    wrong_file: Text | None = None,
    report: ImportReport | None = None,
    rejects: tuple[str, str] | None = None,
) -> str:
    parts = services()
    rows = read_every_price(parts.database)
    names = region_names(parts.database)
    return render_template(
        "steward/prices.html",
        lists=[(name, list(found)) for name, found in groupby(rows, lambda one: one.list)],
        amenities={one.code: one.text for one in load_vocabulary().amenities},
        regions=names,
        offered=_offered(names),
        everywhere=not signed_in().regions,
        today=today(parts.settings),
        saved=_saved(),
        values=values or {},
        wrong=wrong,
        wrong_file=wrong_file,
        report=report,
        rejects=rejects,
        most_told=_MOST_TOLD,
        suffixes=" ".join(one for one in SUFFIXES if one in (".csv", ".xlsx", ".xls", ".ods")),
    )
