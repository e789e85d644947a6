"""What a request handler may reach: the settings, the store, the nearest service, our own address."""

from dataclasses import dataclass

from flask import current_app, request

from geoapp.core.settings import Settings
from geoapp.operations.duplicates.find import DuplicateFinder
from geoapp.operations.facilities.work_lists import WorkLists
from geoapp.operations.nearest.service import NearestService
from geoapp.operations.search.find import SearchService
from geoapp.operations.siting.what_if import WhatIfService
from geoapp.operations.upkeep.life import LifeKeeper
from geoapp.operations.upkeep.readiness import Readiness
from geoapp.store.engine import Database


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that ``create_app`` wired together."""

    settings: Settings
    database: Database
    nearest: NearestService
    what_if: WhatIfService
    readiness: Readiness
    search: SearchService
    work_lists: WorkLists
    duplicates: DuplicateFinder
    life: LifeKeeper


def services() -> Services:
    """Return the parts of the application that answers the present request."""
    parts: Services = current_app.extensions["geoapp"]
    return parts


def public_address(path: str) -> str:
    """Return the address that others are given for a path: as the operator says, else as asked here."""
    base = services().settings.public_url or request.url_root
    return base.rstrip("/") + path.removeprefix(request.script_root)
