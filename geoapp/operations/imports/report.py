"""What an import did, and what imports share: progress, regions to check against, rejected rows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import shapely

from geoapp.core.i18n import Text
from geoapp.core.public_maps import PublicMap
from geoapp.core.settings import Settings
from geoapp.core.units import counted, format_count, format_metres
from geoapp.core.words import Datum
from geoapp.importers.problems import Problem
from geoapp.importers.rows.blanks import Blank
from geoapp.importers.rows.degrees import Order
from geoapp.importers.rows.matching import Proposal
from geoapp.importers.rows.place_checks import PlaceRules, RegionOutlines
from geoapp.importers.rows.region_names import RegionNames
from geoapp.importers.together import Sheets
from geoapp.operations.imports.by_street import RowProposal
from geoapp.operations.imports.datums import DatumRead
from geoapp.operations.imports.suspected import Suspected
from geoapp.store.engine import Session
from geoapp.store.facilities.differences import Difference
from geoapp.store.regions import Strays, named_regions, stored_regions

Progress = Callable[[float, Text], None]
READING = Text("读取文件", "Reading the file")
WRITING = Text("写入数据库", "Writing to the store")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was read and what became of it; ``rejected`` rows have problems and changed nothing.

    ``warnings`` are cells of accepted rows that were kept without being understood.
    ``extra_columns`` are kept aside with each row, ``ignored_columns`` are not. In a dry run nothing
    was written, and the counts say what would have been.
    """

    kind: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    extra_columns: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    hints: tuple[Text, ...] = ()
    rejects_path: Path | None = None
    dry_run: bool = False
    # Facilities, demand points and candidates whose region changed by an import of regions.
    rematched: int = 0
    # Takes the import back (`geoapp undo`); None if nothing that is logged changed.
    change_set: int | None = None
    # Of facilities: in a dry run the first that are new or change, and what may be one place twice.
    differences: tuple[Difference, ...] = ()
    suspected: tuple[Suspected, ...] = ()
    # How the columns were understood, where they had to be.
    proposal: Proposal | None = None
    # Of facilities without a position: what their addresses may mean.
    by_street: tuple[RowProposal, ...] = ()
    # Of facilities in degrees: in which datum they were read, and by whose word.
    datum: DatumRead | None = None


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be taken.

    ``datum`` is what its coordinates are in, None = what a list of facilities says, else WGS-84;
    ``encoding`` is that of a CSV file, None = find out; ``sheet`` is the sheet, layer or list to be
    read, several of them or ``all`` with the same headings, None = find it; ``crs`` is what the
    coordinates are in, None = degrees or what the file states;
    ``order`` that of pairs in one cell, None = by their ranges; ``columns`` are columns of facilities as
    ``name=field``, ``kind`` theirs where none is stated, ``code_key`` the fields by which a place without
    a code is known again, None = codes are required; ``without_position`` takes in facilities whose
    position is not known; ``by_street_m`` places rows without a position by their address where it means one
    place alone, within so many metres, None = none; ``blank`` says what a blank cell does to a known value,
    None = it stays where the row was matched without a code; ``anywhere`` leaves out the check against the
    stored regions; ``set_code``, ``set_name`` and ``source`` describe a demand or candidate set (by
    default after the file); ``add`` adds points to a set instead of replacing it; ``weight_default``
    is the weight of points without a weight column; ``rejects`` is where rejected rows are written;
    ``public_map`` is whose list a list of a public map is, and ``covers`` the region that it covers whole.
    """

    datum: Datum | None = None
    encoding: str | None = None
    sheet: Sheets = None
    crs: str | None = None
    order: Order | None = None
    columns: tuple[str, ...] = ()
    kind: str | None = None
    code_key: tuple[str, ...] | None = None
    dry_run: bool = False
    anywhere: bool = False
    without_position: bool = False
    by_street_m: float | None = None
    blank: Blank | None = None
    set_code: str = ""
    set_name: str | None = None
    source: str | None = None
    add: bool = False
    weight_default: float | None = None
    rejects: Path | None = None
    public_map: PublicMap | None = None
    covers: str | None = None

    @property
    def read_in(self) -> Datum:
        """The datum that was stated, else WGS-84."""
        return self.datum or Datum.WGS84


def quiet(_share: float, _step: Text) -> None:
    """Report progress to nobody."""


def blanks_text(kept: int, cleared: int) -> tuple[Text, ...]:
    """Say how many known values stay though the file's cell is blank, and how many become unknown."""
    told = []
    if kept:
        told.append(
            Text(
                f"文件里空白的格保留已知的值：{format_count(kept)} 处（要清空请用 --blank clear）。",
                f"Known values that stay, as the file's cell is blank: {format_count(kept)} (--blank clear "
                "makes them unknown).",
            )
        )
    if cleared:
        told.append(
            Text(
                f"已知的值因空白的格变为未知：{format_count(cleared)} 处（要保留请用 --blank keep）。",
                f"Known values that become unknown, as the file's cell is blank: {format_count(cleared)} "
                "(--blank keep leaves them).",
            )
        )
    return tuple(told)


def strays_text(strays: Strays | None, tolerance_m: float, *, weighted: bool) -> tuple[Text, ...]:
    """Say how many points lie outside every region, and how many were counted to one all the same."""
    if strays is None:
        return ()

    def of(count: int, weight: float) -> Text:
        if not weighted:
            return Text(f"{format_count(count)} 处", f"{format_count(count)} of the places")
        points, shown = counted(count, "处", "point"), format_count(weight)
        return Text(f"{points.zh}（权重 {shown}）", f"{points.en} (weight {shown})")

    told = []
    if strays.outside:
        some = of(strays.outside, strays.outside_weight)
        told.append(
            Text(
                f"{some.zh}在所有区域的边界之外，不计入任何区域。",
                f"Outside every region and counted in none: {some.en}.",
            )
        )
    if strays.nearest:
        some = of(strays.nearest, strays.nearest_weight)
        most = format_metres(tolerance_m)
        told.append(
            Text(
                f"{some.zh}在海岸边界外不超过 {most.zh}，计入最近的区域。",
                f"Off the coast by at most {most.en} and counted to the nearest region: {some.en}.",
            )
        )
    return tuple(told)


def region_names(session: Session) -> RegionNames:
    """Return the stored regions as cells name them."""
    known = named_regions(session)
    return RegionNames(
        {code: parent for code, parent, _ in known}, {code: name for code, _, name in known}
    )


def place_rules(session: Session, settings: Settings, options: ImportOptions) -> PlaceRules:
    """Return what positions are held against, with the stored regions."""
    regions = stored_regions(session)
    return PlaceRules(
        RegionOutlines(
            parents={region.code: region.parent_code for region in regions},
            names={region.code: region.name_zh for region in regions},
            outlines={
                region.code: shapely.from_wkb(region.outline_wkb)
                for region in regions
                if region.outline_wkb is not None
            },
        ),
        settings.region_tolerance_m,
        options.read_in,
        options.anywhere,
    )
