"""Which language an answer is in: ``?lang=``, then the cookie, then the browser's wish."""

from flask import Flask, Response, g, request

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import DEFAULT_LANGUAGE, LANGUAGES, Language, Text

COOKIE = "lang"
_LANGUAGES = Text("、".join(LANGUAGES), ", ".join(LANGUAGES))


def language() -> Language:
    """Return the language of the present request."""
    if "language" not in g:
        g.language = _choose()
    chosen: Language = g.language
    return chosen


def _choose() -> Language:
    for wish in (request.args.get("lang"), request.cookies.get(COOKIE)):
        for known in LANGUAGES:
            if wish == known:
                return known
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "zh-TW", "en"])
    return "en" if best == "en" else DEFAULT_LANGUAGE


def t(zh: str | Text, en: str | None = None) -> str:
    """Return a text in the request's language; a ``Text`` or the pair itself."""
    text = zh if isinstance(zh, Text) else Text(zh, en or "")
    return text.pick(language())


def init_language(app: Flask) -> None:
    """Give the templates ``t`` and ``language``; keep a choice made by ``?lang=``, and refuse one that there is not."""
    app.jinja_env.globals.update(t=t, language=language)

    @app.before_request
    def refuse_other() -> None:
        wish = request.args.get("lang")
        if wish is not None and wish not in LANGUAGES:
            raise InvalidValueError("lang", wish[:100], _LANGUAGES)

    @app.after_request
    def keep_choice(response: Response) -> Response:
        wish = request.args.get("lang")
        if wish in LANGUAGES and response.mimetype == "text/html" and not g.get("without_cookies"):
            response.set_cookie(
                COOKIE,
                wish,
                max_age=365 * 86400,
                samesite="Lax",
                httponly=True,
                secure=app.config["SESSION_COOKIE_SECURE"],
            )
        return response
