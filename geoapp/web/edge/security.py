"""Safe by default: headers, the content security policy, CSRF and rate limits."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

from flask import Flask, Response, g, request
from flask_wtf.csrf import CSRFProtect

from geoapp.core.settings import Settings
from geoapp.operations.base_maps.keeper import operator_maps


class _CsrfForCookies(CSRFProtect):  # type: ignore[misc]  # it has no types
    """Wants the token of whoever is known by a cookie.

    A browser sends cookies along by itself, which is what the token guards against; name and
    password in a header are sent by a program that means it.
    """

    def protect(self, **options: Any) -> None:
        """Refuse a change without the token."""
        if not g.get("known_by_header"):
            super().protect(**options)


csrf = _CsrfForCookies()


def content_policy(
    settings: Settings, *, script: str | None = None, ancestors: str = "'self'"
) -> str:
    """Return what a page may load and run: our own files, and nothing that is written into it.

    Parameters
    ----------
    script
        The one script that is written into the page all the same, named by its hash.
    ancestors
        The sites whose pages may show this one in a frame.
    """
    # The operator's own base maps are the one thing that may come from elsewhere.
    elsewhere = dict.fromkeys(source for one in operator_maps(settings) for source in one.sources())
    images = ["'self'", "data:", "blob:", *elsewhere]
    scripts = ["'self'"]
    if script is not None:
        digest = b64encode(sha256(script.encode()).digest()).decode("ascii")
        scripts.append(f"'sha256-{digest}'")
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src {' '.join(scripts)}",
            "style-src 'self'",
            f"img-src {' '.join(images)}",
            "connect-src 'self'",
            "font-src 'self' data:",
            "manifest-src 'self'",
            "worker-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            f"frame-ancestors {ancestors}",
        ]
    )


def init_security(app: Flask, settings: Settings) -> None:
    """Set headers on every answer; CSRF on every form and signed-in API call; limits on sign-in."""
    # Under https the library also wants a Referer, which our own Referrer-Policy keeps browsers from
    # sending. The token, and cookies that other sites' forms do not carry, are the guard.
    app.config["WTF_CSRF_SSL_STRICT"] = False
    # A token lives as long as the session that it belongs to: an hour is too short for a long form,
    # and what was written into it would be lost.
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    csrf.init_app(app)

    @app.after_request
    def headers(response: Response) -> Response:
        set_default = response.headers.setdefault
        set_default("X-Content-Type-Options", "nosniff")
        set_default("Referrer-Policy", "no-referrer")
        # With 304 the page that the asker has stands, and so does the policy that came with it, which
        # may name the page's own script.
        if response.mimetype == "text/html" and response.status_code != 304:
            set_default("Content-Security-Policy", content_policy(settings))
            if "frame-ancestors 'self'" in response.headers["Content-Security-Policy"]:
                set_default("X-Frame-Options", "SAMEORIGIN")
            set_default("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
            set_default("Cross-Origin-Opener-Policy", "same-origin")
            set_default("Cache-Control", "private, no-cache")
        if request.is_secure:
            set_default("Strict-Transport-Security", "max-age=31536000")
        return response
