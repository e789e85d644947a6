"""What a plan's papers consist of, whatever the file: a summary, a page a site, what was not chosen, method."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from shapely.geometry.base import BaseGeometry

from geoapp.core.i18n import Text
from geoapp.reports.drawing import METRES_A_DEGREE
from geoapp.reports.ground import GroundOf

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class PaperSite:
    """A proposed site: degrees in WGS-84, what it adds, and to whom.

    ``free`` are the areas within which it may move, that of the greatest loss first.
    """

    order: int
    name: Text
    lon: float
    lat: float
    fixed: bool
    adds: float
    covered_share: float | None
    lines: Sequence[tuple[Text, Text]]
    gains: Sequence[tuple[Text, float]]
    zones: Sequence[tuple[Text, float]]
    free: Sequence[BaseGeometry] = ()


@dataclass(frozen=True, slots=True)
class PaperDistrict:
    """A district before and after; shares 0 to 1, None where nobody works."""

    name: Text
    before_share: float | None
    after_share: float | None
    added: float


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed; geometries are EPSG:4326.

    Attributes
    ----------
    day
        The day on which the run ended; files carry it as their date.
    title, verdict, besides
        What was asked, how good the answer is, and what else must be said of it.
    figures
        The few numbers that matter, as labels and values.
    considered
        What was considered and not chosen: headings, each with its lines.
    asked, rests_on
        The question, and what the answer rests on, as labels and values.
    method
        How it was found and proven, in sentences.
    sites
        In order of what each adds.
    outlines, gaps
        Districts with their names, and gap zones before the sites.
    facilities
        Positions (lon, lat) of what stands.
    reach_m, reach_text
        Straight metres of the service standard around a site, and what that circle is.
    ground
        Gives the streets of a window; None where none are loaded.
    """

    title: Text
    verdict: Text
    besides: Sequence[Text]
    day: date
    sample: bool
    figures: Sequence[tuple[Text, Text]]
    districts: Sequence[PaperDistrict]
    sites: Sequence[PaperSite]
    considered: Sequence[tuple[Text, Sequence[Text]]]
    asked: Sequence[tuple[Text, Text]]
    rests_on: Sequence[tuple[Text, Text]]
    method: Sequence[Text]
    outlines: Sequence[tuple[Text, BaseGeometry]]
    gaps: Sequence[BaseGeometry]
    facilities: Sequence[tuple[float, float]]
    reach_m: float
    reach_text: Text
    footer: Text
    ground: GroundOf | None = None

    def bounds(self) -> Bounds | None:
        """Return what the map of the whole plan shows; None where there is nothing to show."""
        if self.sites:
            places = shapely.MultiPoint([(one.lon, one.lat) for one in self.sites])
            around: Bounds = shapely.buffer(places, 1.5 * self.reach_m / METRES_A_DEGREE).bounds
            return around
        if not self.outlines:
            return None
        whole: Bounds = shapely.union_all([shape for _, shape in self.outlines]).bounds
        return whole

    def bounds_of(self, site: PaperSite) -> Bounds:
        """Return what the map of a site shows: a little more than twice the standard around it."""
        half = 2.2 * self.reach_m / METRES_A_DEGREE
        wide = half / math.cos(math.radians(site.lat))
        return (site.lon - wide, site.lat - half, site.lon + wide, site.lat + half)

    def foremost(self, most: int) -> Sequence[PaperDistrict]:
        """Return the districts that gain most, at most so many, the greatest gain first."""
        return sorted(self.districts, key=lambda one: -one.added)[:most]
