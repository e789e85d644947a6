"""``/maps/LAYER,LAYER.html``: Folium maps; ``/layers/ID.geojson``: one layer's features."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from hashlib import blake2b

import orjson
from flask import Blueprint, Response, g, request, url_for

from geoapp.core.errors import InvalidValueError
from geoapp.core.filters import AllOf, Condition
from geoapp.core.geo import parse_datum
from geoapp.core.i18n import Text
from geoapp.core.limits import MOST_CODE_CHARACTERS, MOST_SEARCH_CHARACTERS
from geoapp.core.parsing import parse_bbox, parse_number, parse_whole
from geoapp.core.roles import Role
from geoapp.maps.kit import Layer
from geoapp.maps.registry import registry
from geoapp.maps.values import Speaker
from geoapp.operations.layers.attributes import called, has_codes, with_ids
from geoapp.operations.layers.credit import layer_credit
from geoapp.operations.layers.map_page import MapRequest, make_map
from geoapp.operations.layers.paging import MOST_ROWS, LayerRows
from geoapp.operations.layers.rows import LayerReading, layer_reading
from geoapp.operations.search.find import MOST_HITS
from geoapp.operations.siting.scenarios import check_shown
from geoapp.web.edge.access import current_role, signed_in
from geoapp.web.edge.heavy import kept, take_turn
from geoapp.web.edge.language import language
from geoapp.web.edge.security import content_policy
from geoapp.web.edge.services import public_address, services
from geoapp.web.geojson.layers import drawn_feature
from geoapp.web.geojson.shown_runs import hidden_runs_here, layers_moment

blueprint = Blueprint("maps", __name__)

MOST_LAYERS = 12
DEFAULT_ROWS = 1000
MOST_SKIPPED = 1_000_000
MOST_IDS = 200
_PLACE = Text("经度,纬度（十进制度）", "longitude,latitude (decimal degrees)")


def _wanted_run() -> int | None:
    value = request.args.get("run")
    return None if value is None else parse_whole("run", value, 1, 2**62)


def _if_run_is_shown(view: Callable[[str], Response]) -> Callable[[str], Response]:
    """Refuse a run that the asker may not read: before kept answers, which are the whole role's."""

    @wraps(view)
    def asked(name: str) -> Response:
        run = _wanted_run()
        if run is not None:
            user = None if current_role() is None else signed_in()
            check_shown(services().database, user, run)
        return view(name)

    return asked


def wanted_layers(names: str, role: Role | None) -> list[Layer]:
    """Return the layers of these names, parted by commas, that somebody of a role may see.

    Raises
    ------
    InvalidValueError
        If there are none or too many.
    """
    wanted = list(dict.fromkeys(one for one in names.split(",") if one))
    if not 1 <= len(wanted) <= MOST_LAYERS:
        accepted = Text(f"1 至 {MOST_LAYERS} 个图层", f"1 to {MOST_LAYERS} layers")
        raise InvalidValueError("layers", names, accepted)
    return [registry().get(one, role) for one in wanted]


def embed_address(layers: Sequence[Layer]) -> str | None:
    """Return where these layers can be put into another site's page; None where they cannot."""
    if not services().settings.embed_ancestors or not all(one.visible_to(None) for one in layers):
        return None
    names = ",".join(layer.id for layer in layers)
    return public_address(url_for("embed.show", layers=names, lang=language()))


@blueprint.get("/maps/<string:name>.html")
@_if_run_is_shown
@kept(layers_moment)
def show(name: str) -> Response:
    """Show a map of some layers; ``download=1`` answers one file that needs no network."""
    download = request.args.get("download") not in (None, "", "0")
    layers, run = wanted_layers(name, current_role()), _wanted_run()
    asked = MapRequest(
        layers,
        run,
        language(),
        hidden=hidden_runs_here(),
        embed=None if download or run is not None else embed_address(layers),
    )
    parts = services()
    root = request.script_root
    page = make_map(parts.database, parts.settings, asked, inline=download, root=root)
    if download:
        response = Response(page.html, mimetype="text/html")
        response.headers["Content-Disposition"] = 'attachment; filename="geoapp-map.html"'
        return response
    response = Response(page.html, mimetype="text/html")
    # Folium writes one script into the page; no other may run.
    response.headers["Content-Security-Policy"] = content_policy(parts.settings, script=page.script)
    return response


def _wanted_list(layer: Layer) -> Callable[..., LayerRows] | None:
    """Return the reading of a list, nothing left out evenly; None where none is asked for.

    ``id`` asks for one feature, or for several where it stands several times; ``q`` for those with these words in their
    names, or that the search finds by these; ``near`` for the nearest first, ``offset`` for those after so many.
    """
    asked = request.args
    if not {"id", "q", "near", "offset"} & set(asked):
        return None
    ids, words = asked.getlist("id"), asked.get("q", "").strip()
    if len(ids) > MOST_IDS:
        accepted = Text(f"最多 {MOST_IDS} 个", f"{MOST_IDS} at most")
        raise InvalidValueError("id", str(len(ids)), accepted)
    for name, given, most in (
        *(("id", one, MOST_CODE_CHARACTERS) for one in ids),
        ("q", words, MOST_SEARCH_CHARACTERS),
    ):
        if len(given) > most or "\x00" in given:
            raise InvalidValueError(
                name, given[:most], Text(f"最多 {most} 个字符", f"at most {most} characters")
            )
    return partial(
        LayerReading.rows,
        layer=layer,
        row_id=ids[0] if len(ids) == 1 else None,
        where=_wanted_ones(layer, ids, words),
        near=_near(),
        offset=parse_whole("offset", asked.get("offset", "0"), 0, MOST_SKIPPED),
    )


def _wanted_ones(layer: Layer, ids: Sequence[str], words: str) -> Condition | None:
    parts = [with_ids(layer, ids)] if len(ids) > 1 else []
    if words:
        parts.append(called(layer, words, _codes_found(words) if has_codes(layer) else ()))
    return AllOf(tuple(parts)) if parts else None


def _codes_found(words: str) -> list[str]:
    """Return the facilities that the search of all pages finds by words, the best of them."""
    found = services().search.find(words, limit=MOST_HITS)
    g.are_unread = found.unread > 0
    return [one.code for one in found.hits if one.kind_of_hit == "facility"]


def _near() -> tuple[float, float] | None:
    given = request.args.get("near")
    if given is None:
        return None
    parts = given.split(",")
    if len(parts) != 2:
        raise InvalidValueError("near", given[:100], _PLACE)
    lon, lat = (parse_number("near", part) for part in parts)
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise InvalidValueError("near", given[:100], _PLACE)
    return lon, lat


@blueprint.get("/layers/<string:name>.geojson")
@_if_run_is_shown
@kept(layers_moment, at_once=False)
def features(name: str) -> Response:
    """Return a layer's features as GeoJSON: to be drawn; or as a list, where one is asked for."""
    layer = registry().get(name, current_role())
    bbox = request.args.get("bbox")
    box = None if bbox is None else parse_bbox("bbox", bbox)
    limit = parse_whole("limit", request.args.get("limit", str(DEFAULT_ROWS)), 1, MOST_ROWS)
    listed = _wanted_list(layer)
    datum = parse_datum(request.args.get("datum", "wgs84"))
    parts = services()
    response = Response(mimetype="application/geo+json")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Authorization, Cookie, Accept-Language"
    hidden = hidden_runs_here()
    with layer_reading(parts.database, parts.settings, _wanted_run(), hidden) as reading:
        moment = reading.moment
        speaker = Speaker(language(), moment.amenities)
        asked = f"{request.query_string.decode()};{speaker.language}"
        mark = f"{parts.life.now()};{moment.version_of(layer)};{asked}"
        response.set_etag(blake2b(mark.encode(), digest_size=12).hexdigest(), weak=True)
        if request.if_none_match.contains_weak(response.get_etag()[0] or ""):
            response.status_code = 304
            return response
        take_turn()
        if listed is None:
            data = reading.shown_rows(layer, bbox=box, limit=limit)
        else:
            data = listed(reading, bbox=box, limit=limit)
    if g.get("are_unread"):  # words that are made in a moment find more, though no data changes
        response.headers["Cache-Control"] = "no-store"
    credit = layer_credit(parts.database, layer, moment)
    body = {
        "type": "FeatureCollection",
        **({} if credit is None else {"attribution": credit}),
        "numberMatched": data.matched,
        "numberReturned": len(data.rows),
        "features": [drawn_feature(layer, row, speaker, datum) for row in data.rows],
    }
    response.set_data(orjson.dumps(body, default=str))
    return response
