"""Answers leave as small as the asker can read them."""

import gzip
import re

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geoapp.core.errors import InvalidValueError
from geoapp.web.edge.compression import LEAST_BYTES
from geoapp.web.edge.versions import required_version

BOTH = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def whole(answer: TestResponse) -> bytes:
    """Return what an answer holds, as it was before it was made small."""
    encoding = answer.headers.get("Content-Encoding")
    if encoding == "br":
        return bytes(brotli.decompress(answer.data))
    return gzip.decompress(answer.data) if encoding == "gzip" else answer.data


def test_each_form_holds_the_same(client: FlaskClient) -> None:
    for path in ("/", "/maps/stations.html", "/layers/stations.geojson", "/api/v1/openapi.json"):
        plain = client.get(path, headers={"Accept-Encoding": "identity"})
        for encoding in ("br", "gzip", "gzip"):  # made, and as it was kept
            small = client.get(path, headers={"Accept-Encoding": encoding})
            assert small.headers["Content-Encoding"] == encoding
            assert "Accept-Encoding" in small.headers["Vary"]
            assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data)
            assert whole(small) == plain.data


def test_a_stream_is_made_small_too(client: FlaskClient) -> None:
    plain = client.get("/coverage.csv")
    small = client.get("/coverage.csv", headers=BOTH)
    assert whole(small) == plain.data


def test_the_files_of_a_page_stay_within_their_size(client: FlaskClient) -> None:
    page = client.get("/", headers=BOTH)
    addresses = re.findall(r'(?:src|href)="(/static/[^"#]+\.(?:js|css|svg))', whole(page).decode())
    size = len(page.data)
    for address in set(addresses):
        with client.get(address, headers=BOTH) as answer:
            assert (
                answer.headers.get("Content-Encoding") == "br" or len(answer.data) < LEAST_BYTES
            ), address
            size += len(answer.data)
    # The first look takes 150 KB at most; what modules import by name alone comes on top.
    assert len(addresses) > 3
    assert size < 130_000


def test_whoever_has_an_answer_is_told_so(client: FlaskClient) -> None:
    page = client.get("/").text
    (script,) = set(re.findall(r'src="(/static/[^"]+/leaflet.js)"', page))
    for path in (script, "/layers/stations.geojson"):
        with client.get(path, headers=BOTH) as first:
            again = {**BOTH, "If-None-Match": first.headers["ETag"]}
        with client.get(path, headers=again) as second:
            assert second.status_code == 304


def test_a_part_of_a_file_is_sent_as_it_is(client: FlaskClient) -> None:
    wanted = {**BOTH, "Range": "bytes=0-1999"}
    with client.get("/static/vendor/leaflet/dist/leaflet.js", headers=wanted) as part:
        assert part.status_code == 206
        assert "Content-Encoding" not in part.headers
        assert len(part.data) == 2000


def test_the_tag_of_a_small_answer_is_good_for_an_edit() -> None:
    given = ['"12"', '"12:br"', '"12-gzip"', 'W/"12"', 'W/"12:gzip"']
    assert [required_version(tag) for tag in given] == [12] * 5
    with pytest.raises(InvalidValueError):
        required_version('"12:else"')


def test_a_page_with_the_token_of_a_form_is_sent_as_it_is(guarded: Flask) -> None:
    page = guarded.test_client().get("/sign-in", headers=BOTH)
    assert "csrf_token" in page.text
    assert "Content-Encoding" not in page.headers


def test_a_refusal_of_every_encoding_is_heard(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json", headers={"Accept-Encoding": "br;q=0, gzip;q=0"})
    assert "Content-Encoding" not in answer.headers
    assert answer.get_json()["openapi"]
