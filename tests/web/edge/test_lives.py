"""What a browser keeps of a store is not taken for what the store holds once it was brought back."""

import pytest
from flask import Flask
from sqlalchemy import text

from geoapp.core.settings import Settings
from geoapp.store.engine import Database
from tests.web.api_client import make_app

# That of what a phone keeps is of its content.
ANSWERS = (
    "/maps/stations.html",
    "/layers/stations.geojson",
    "/ogc/collections/stations/items?f=json",
    "/ogc/collections/stations/tiles/WebMercatorQuad/14/6416/13676?f=mvt",
    "/coverage.csv",
)


def test_an_answer_of_a_former_life_is_not_confirmed(
    app: Flask, town: Database, settings: Settings, subtests: pytest.Subtests
) -> None:
    """Numbers of runs and counters come again after a restore, with other data behind them."""
    first = app.test_client()
    tags = {}
    for address in ANSWERS:
        answer = first.get(address)
        assert answer.status_code == 200, address
        tags[address] = answer.headers["ETag"]
    again = make_app(settings, town).test_client()
    for address, tag in tags.items():
        with subtests.test("the same after a start", address=address):
            assert again.get(address, headers={"If-None-Match": tag}).status_code == 304
    with town.session() as session:  # as a restore does
        session.execute(text("delete from store_life"))
    brought_back = make_app(settings, town).test_client()
    for address, tag in tags.items():
        with subtests.test("another life", address=address):
            answer = brought_back.get(address, headers={"If-None-Match": tag})
            assert answer.status_code == 200
            assert answer.headers["ETag"] != tag
