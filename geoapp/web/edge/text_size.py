"""Large characters (适老化): chosen by ``?text=``, kept in a cookie, on every page and without scripts."""

from urllib.parse import urlencode

from flask import Flask, Response, g, request
from werkzeug.urls import iri_to_uri

COOKIE = "text"
LARGE = "large"
SIZES = (LARGE, "normal")


def is_large() -> bool:
    """Tell whether the present request wants large characters and fewer elements."""
    if "large_text" not in g:
        wishes = (request.args.get(COOKIE), request.cookies.get(COOKIE))
        g.large_text = next((one for one in wishes if one in SIZES), None) == LARGE
    large: bool = g.large_text
    return large


def text_size_link() -> str:
    """Return the address of this same page in the other size of characters."""
    other = "normal" if is_large() else LARGE
    query = [(name, value) for name, value in request.args.items(multi=True) if name != COOKIE]
    path = iri_to_uri(request.script_root + request.path)
    return f"{path}?{urlencode([*query, (COOKIE, other)])}"


def init_text_size(app: Flask) -> None:
    """Give the templates what they need of it, and keep a choice."""
    app.jinja_env.globals.update(is_large=is_large, text_size_link=text_size_link)

    @app.after_request
    def keep_choice(response: Response) -> Response:
        wish = request.args.get(COOKIE)
        if wish in SIZES and response.mimetype == "text/html":
            # Scripts may read it: a page that is opened without the network is drawn by them.
            response.set_cookie(
                COOKIE,
                wish,
                max_age=365 * 86400,
                samesite="Lax",
                secure=app.config["SESSION_COOKIE_SECURE"],
            )
        return response
