"""Write the outlines of a city's districts to a file that ``geoapp import regions`` takes."""

from pathlib import Path

from geoapp.core.errors import InvalidValueError
from geoapp.core.files import replaced_whole
from geoapp.core.i18n import Text
from geoapp.importers.boundaries import district_codes, read_boundaries, with_ancestors

SUFFIXES = {".geojson": "GeoJSON", ".gpkg": "GPKG"}


def write_boundaries(city: str, path: Path) -> int:
    """Write a city's districts, the city and its province (WGS-84); return how many regions.

    Parameters
    ----------
    city
        GB/T 2260 code such as 370200, or 500000 for a municipality.

    Raises
    ------
    MissingPartError
        If the package with the outlines is not installed.
    InvalidValueError
        If there is no such city, or no format belongs to the file's suffix.
    """
    driver = SUFFIXES.get(path.suffix.lower())
    if driver is None:
        names = " ".join(SUFFIXES)
        accepted = Text(f"后缀为 {names} 的文件名", f"a file name ending in {names}")
        raise InvalidValueError("-o", path.name, accepted)
    outlines = read_boundaries(with_ancestors(district_codes(city)))
    frame = outlines.frame.rename(columns={"parent_code": "parent"}).assign(source=outlines.source)
    with replaced_whole(path) as fresh:
        frame.to_file(fresh, driver=driver)
    return len(frame)
