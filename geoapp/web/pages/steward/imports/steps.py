"""The steps of an import, together."""

from geoapp.web.pages.steward.imports import check, columns, positions
from geoapp.web.pages.steward.imports.step import blueprint

__all__ = ["blueprint", "check", "columns", "positions"]
