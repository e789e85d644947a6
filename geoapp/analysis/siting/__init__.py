"""Where the next stations should go, with a proven bound: covering, p-median and p-center models.

Pure functions on arrays: a sparse cover or impedances go in, a frozen ``SitingResult`` comes out,
which says how far from the best possible it can be at most.
"""

from geoapp.analysis.siting.mclp import solve_mclp
from geoapp.analysis.siting.result import CurvePoint, SitingResult, SitingStatus

__all__ = ["CurvePoint", "SitingResult", "SitingStatus", "solve_mclp"]
