"""A finished siting run for people who were not there: PDF or slides, a page a site, or one HTML file."""

import tempfile
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup

from geoapp.core.errors import InvalidValueError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import DEFAULT_LANGUAGE, Language, Text
from geoapp.core.paths import shipped
from geoapp.core.results.siting import SitingRun
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.units import format_count, format_share
from geoapp.maps.registry import registry
from geoapp.operations.layers.map_page import MapRequest, make_map
from geoapp.operations.plan_paper import plan_paper
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.files import check_output, save_siting
from geoapp.operations.siting.proof import proof_file
from geoapp.reports.siting.paper import Paper
from geoapp.reports.siting.pdf import write_siting_pdf
from geoapp.reports.siting.picture import write_plan_picture
from geoapp.reports.siting.slides import write_siting_slides
from geoapp.reports.tables import SUFFIXES
from geoapp.reports.words import papers as words
from geoapp.store.engine import Database

REPORTS: Final = (".pdf", ".pptx", ".html")
PICTURE: Final = ".png"
PROOF: Final = ".proof.json"
MEDIA_TYPES: Final = {
    ".pdf": "application/pdf",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".html": "text/html; charset=utf-8",
    PICTURE: "image/png",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".gpkg": "application/geopackage+sqlite3",
    ".geojson": "application/geo+json",
    ".csv": "text/csv",
    PROOF: "application/json",
}
_LAYERS = ("proposals", "stations", "bases", "homes")


def check_plan_output(path: Path) -> None:
    """Refuse a file name whose format is not known, before any work is done.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    """
    if path.suffix.lower() in (*REPORTS, PICTURE) or path.name.lower().endswith(PROOF):
        return
    try:
        check_output(path)
    except InvalidValueError:
        names = " ".join((*SUFFIXES, *REPORTS, PICTURE, PROOF))
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted) from None


def save_plan(
    database: Database,
    settings: Settings,
    run_id: int,
    path: Path,
    language: Language = DEFAULT_LANGUAGE,
) -> None:
    """Write a finished run to a file of any format; the file appears whole or not at all.

    Parameters
    ----------
    language
        In which language papers (.pdf .pptx .html), pictures and workbooks are; other tables are in both.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    ConflictError
        If the run has not succeeded, or a map is asked for and no outlines are known.
    MissingPartError
        If it is .pptx, and the library for it is not installed.
    """
    check_plan_output(path)
    if path.name.lower().endswith(PROOF):
        proof = proof_file(database, run_id)
        with replaced_whole(path) as fresh:
            fresh.write_bytes(proof)
        return
    suffix = path.suffix.lower()
    if suffix not in (*REPORTS, PICTURE):
        save_siting(database, run_id, path, settings.timezone, language)
        return
    run = siting_results.finished(database, run_id)
    paper = plan_paper(database, settings, run)
    with replaced_whole(path) as fresh:
        if suffix == PICTURE:
            write_plan_picture(paper, fresh, language)
        elif suffix == ".pdf":
            write_siting_pdf(paper, fresh, language)
        elif suffix == ".pptx":
            write_siting_slides(paper, fresh, language)
        else:
            fresh.write_text(_html(database, settings, run, paper, language), encoding="utf-8")


def plan_file(
    database: Database, settings: Settings, run_id: int, suffix: str, language: Language
) -> tuple[str, bytes]:
    """Return a finished run as a file's name and content; raises as `save_plan` does."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"siting-{run_id}{suffix}"
        save_plan(database, settings, run_id, path, language)
        return path.name, path.read_bytes()


def _html(
    database: Database, settings: Settings, run: SitingRun, paper: Paper, language: Language
) -> str:
    """Return one page that holds everything, the map in a frame of its own."""
    layers = [registry().get(name, Role.ADMIN) for name in _LAYERS]
    drawn = make_map(
        database,
        settings,
        MapRequest(layers, run.id, language, focus=_LAYERS[0], title=paper.title),
        inline=True,
    )
    loader = FileSystemLoader(shipped("templates"))
    environment = Environment(
        loader=loader, autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True
    )
    # An attribute's value: quotes and ampersands alone would end or change it.
    frame = Markup(drawn.html.replace("&", "&amp;").replace('"', "&quot;"))  # noqa: S704
    return environment.get_template("reports/siting.html").render(
        paper=paper,
        words=words,
        language=language,
        said=lambda text: text.pick(language),
        frame=frame,
        percent=format_share,
        count=format_count,
    )
