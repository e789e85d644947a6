"""What came of a standard as a file."""

from collections import defaultdict
from pathlib import Path

from geoapp.core.i18n import Language, Text
from geoapp.core.results.spacing import SpacingResult
from geoapp.core.results.standards import FacilityCompliance, Prices, PurchaseList, StandardResult
from geoapp.core.standards import Compliance
from geoapp.core.words import Level
from geoapp.operations.facilities.places import list_regions
from geoapp.operations.standards.read import purchase_list
from geoapp.reports.spacing import write_spacing
from geoapp.reports.standards import write_standard
from geoapp.store.engine import Database


def purchases_by_district(
    result: StandardResult, prices: Prices
) -> list[tuple[Text, PurchaseList]]:
    """Return what must be bought: in all, then in each district; what is in none comes last."""
    parts: dict[str | None, list[FacilityCompliance]] = defaultdict(list)
    for one in result.facilities:
        parts[one.district].append(one)
    total = purchase_list(result.standard, result.facilities, prices)
    return [(Text("合计", "Total"), total)] + [
        (row.name, purchase_list(result.standard, parts[row.code], prices))
        for row in result.regions
        if row.level in (Level.DISTRICT, None)
    ]


def write_compliance(
    database: Database,
    result: StandardResult,
    prices: Prices,
    path: Path,
    *,
    state: Compliance | None = None,
    language: Language = "zh",
) -> None:
    """Write a result as .xlsx or .csv.

    Parameters
    ----------
    state
        Only facilities that stand so are listed; the figures are of all.

    Raises
    ------
    InvalidValueError
        If no format belongs to the suffix.
    UnusableInputError
        If the file cannot be written.
    """
    write_standard(
        result,
        purchases_by_district(result, prices),
        prices,
        [one for one in result.facilities if state is None or one.state is state],
        _region_names(database),
        path,
        language,
    )


def save_spacing(
    database: Database, result: SpacingResult, path: Path, language: Language = "zh"
) -> None:
    """Write what came of a rule of spacing as .xlsx.

    Raises
    ------
    InvalidValueError
        If the suffix is another one.
    UnusableInputError
        If the file cannot be written.
    """
    write_spacing(result, _region_names(database), path, language)


def _region_names(database: Database) -> dict[str, Text]:
    return {
        one.code: Text(one.name_zh, one.name_en or one.name_zh) for one in list_regions(database)
    }
