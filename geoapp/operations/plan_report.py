"""A finished siting run for people who were not there: a PDF, one page a site, or one HTML file."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import shapely
from jinja2 import Environment, FileSystemLoader, select_autoescape
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from geoapp.core.errors import InvalidValueError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Text
from geoapp.core.paths import shipped
from geoapp.core.questions.siting import SitingParameters
from geoapp.core.results.siting import DistrictGain, Site, SitingRun, ZoneGain
from geoapp.core.roles import Role
from geoapp.core.settings import Settings
from geoapp.core.units import format_count, format_metres, format_money, format_share
from geoapp.core.words import Level
from geoapp.maps.registry import registry
from geoapp.operations.facilities.naming import read_naming
from geoapp.operations.layers.map_page import MapRequest, make_map
from geoapp.operations.siting import results as siting_results
from geoapp.operations.siting.files import (
    answer_lines,
    check_output,
    explanation_lines,
    save_siting,
)
from geoapp.operations.siting.freedom import ToldFreedom, find_freedom, told_freedom
from geoapp.operations.siting.proof import proof_file
from geoapp.operations.streets.window import ground_reader
from geoapp.reports.siting.pdf import Paper, PaperSite, write_siting_pdf
from geoapp.reports.tables import SUFFIXES
from geoapp.reports.words.freedom import FREEDOM_TITLE
from geoapp.reports.words.question import question_title
from geoapp.reports.words.siting import figure_lines, verdict
from geoapp.store.engine import Database
from geoapp.store.facilities.read import read_changes
from geoapp.store.runs.inputs import read_regions

REPORTS: Final = (".pdf", ".html")
PROOF: Final = ".proof.json"
_LAYERS = ("proposals", "stations", "bases", "homes")
_MOST_NAMED = 8


def check_plan_output(path: Path) -> None:
    """Refuse a file name whose format is not known, before any work is done.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    """
    if path.suffix.lower() in REPORTS or path.name.lower().endswith(PROOF):
        return
    try:
        check_output(path)
    except InvalidValueError:
        names = " ".join((*SUFFIXES, *REPORTS, PROOF))
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted) from None


def save_plan(database: Database, settings: Settings, run_id: int, path: Path) -> None:
    """Write a finished run to a file of any format; the file appears whole or not at all.

    Raises
    ------
    InvalidValueError
        If no format belongs to the file's suffix.
    ConflictError
        If the run has not succeeded.
    """
    check_plan_output(path)
    if path.name.lower().endswith(PROOF):
        proof = proof_file(database, run_id)
        with replaced_whole(path) as fresh:
            fresh.write_bytes(proof)
        return
    suffix = path.suffix.lower()
    if suffix not in REPORTS:
        save_siting(database, run_id, path, settings.timezone)
        return
    run = siting_results.finished(database, run_id)
    paper = _paper(database, settings, run)
    with replaced_whole(path) as fresh:
        if suffix == ".pdf":
            write_siting_pdf(paper, fresh)
        else:
            fresh.write_text(_html(database, settings, run, paper), encoding="utf-8")


_NO_DISTRICT: Final = Text("区域未知", "unknown")
_SMALLER_ZONES: Final = Text("未列出的较小盲区", "smaller gap zones, not listed")


def _named(
    rows: Sequence[DistrictGain | ZoneGain] | None, unnamed: Text
) -> list[tuple[Text, float]]:
    return [
        (Text(one.name_zh, one.name_en or one.name_zh) if one.name_zh else unnamed, one.workers)
        for one in (rows or ())[:_MOST_NAMED]
    ]


def _paper(database: Database, settings: Settings, run: SitingRun) -> Paper:
    """Gather what is printed; facilities are those in service now."""
    result = run.found
    total = result.total
    with database.session() as session:
        regions = read_regions(session)
        facilities = [(one.lon, one.lat) for one in read_changes(session, -1).placed]
    names = {one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in regions}
    covered, sites = total.covered_before_weight, []
    rows = siting_results.sites_of(database, run.id)
    freedom = find_freedom(database, run)
    told = {} if freedom is None else told_freedom(database, freedom, rows)
    areas = {one.order: one.areas for one in freedom.sites} if freedom else {}
    for row in rows:
        covered += row.adds
        share = covered / total.weight if total.weight else None
        # The widest is drawn first, under the others.
        free = [one.geometry for one in reversed(areas.get(row.order, ()))]
        sites.append(_site(row, share, names, told.get(row.order), free))
    reach_m = result.standard_line_m
    about = format_metres(reach_m)
    number = run.id
    return Paper(
        title=question_title(
            SitingParameters.from_stored(run.params), read_naming(database, settings.timezone)
        ),
        verdict=verdict(run),
        sample=run.inputs.sample,
        figures=figure_lines(result, len(sites)),
        lines=[
            *answer_lines(database, run, settings.timezone),
            *((Text("说明", "explained"), one.both()) for one in explanation_lines(database, run)),
            (
                Text("数据版本", "versions of the data"),
                ", ".join(f"{name} {one}" for name, one in sorted(run.inputs.versions.items())),
            ),
        ],
        districts=[
            (
                names.get(row.code, Text(row.name_zh, row.name_zh)),
                row.covered_before_share,
                row.covered_after_share,
                row.added_weight,
            )
            for row in siting_results.region_figures(database, run.id)
            if row.level is Level.DISTRICT
        ],
        sites=sites,
        outlines=[
            shapely.from_wkb(one.outline_wkb)
            for one in regions
            if one.outline_wkb is not None and one.level == "district"
        ],
        gaps=[
            shapely.from_wkb(one.geometry_wkb) for one in siting_results.gap_zones(database, run.id)
        ],
        facilities=facilities,
        reach_m=reach_m,
        reach_text=Text(
            f"服务标准折合的直线距离，{about.zh}",
            f"the service standard as a straight line, {about.en}",
        ),
        footer=Text(f"选址 {number}", f"siting run {number}"),
        ground=ground_reader(settings),
    )


def _site(
    row: Site,
    share: float | None,
    names: dict[str, Text],
    told: ToldFreedom | None,
    free: Sequence[BaseGeometry],
) -> PaperSite:
    region = names.get(row.region or "", Text("未知", "unknown"))
    lines = [
        (Text("候选点", "candidate"), row.code),
        *([] if row.label.en == row.label.zh else [(Text("英文", "in English"), row.label.en)]),
        (Text("区域", "district"), region.both()),
        (Text("经度, 纬度（WGS-84）", "lon, lat (WGS-84)"), f"{row.lon:.6f}, {row.lat:.6f}"),
    ]
    if row.cost is not None:
        lines.append((Text("费用", "cost"), format_money(row.cost)))
    if told is not None:
        lines.append((FREEDOM_TITLE, told.text.both()))
        hosts = Text("可能的场地", "possible host")
        lines += [(hosts, host.both()) for host in told.hosts[:_MOST_NAMED]]
    return PaperSite(
        order=row.order,
        name=row.label.zh,
        lon=row.lon,
        lat=row.lat,
        fixed=row.fixed,
        adds=row.adds,
        covered_share=share,
        lines=lines,
        gains=_named(row.by_district, _NO_DISTRICT),
        zones=_named(row.by_zone, _SMALLER_ZONES),
        free=free,
    )


def _html(database: Database, settings: Settings, run: SitingRun, paper: Paper) -> str:
    """Return one page that holds everything, the map in a frame of its own."""
    layers = [registry().get(name, Role.ADMIN) for name in _LAYERS]
    drawn = make_map(
        database,
        settings,
        MapRequest(layers, run.id, "zh", focus=_LAYERS[0], title=paper.title),
        inline=True,
    )
    loader = FileSystemLoader(shipped("templates"))
    environment = Environment(
        loader=loader, autoescape=select_autoescape(["html"]), trim_blocks=True, lstrip_blocks=True
    )
    # An attribute's value: quotes and ampersands alone would end or change it.
    frame = Markup(drawn.html.replace("&", "&amp;").replace('"', "&quot;"))  # noqa: S704
    return environment.get_template("reports/siting.html").render(
        paper=paper, frame=frame, percent=format_share, count=format_count
    )
