"""Safe by default: headers, the content security policy, CSRF and rate limits."""

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFProtect
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from geoapp.core.settings import Settings


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
# Each web process counts for itself, so the true limit is this one times GEOAPP_WORKERS.
_SIGN_IN_RATE = parse("10 per minute")


def refuse_after_failures() -> None:
    """Refuse (429) an address that has failed to sign in too often, without counting this attempt.

    Raises
    ------
    TooManyRequests
        After ten failures within a minute.
    """
    attempts: FixedWindowRateLimiter = current_app.extensions["sign_in_attempts"]
    if not attempts.test(_SIGN_IN_RATE, request.remote_addr or "unknown"):
        raise TooManyRequests(retry_after=60)


def limit_sign_in() -> None:
    """Refuse (429) an address that tries to sign in too often.

    Raises
    ------
    TooManyRequests
        At the eleventh attempt within a minute.
    """
    attempts: FixedWindowRateLimiter = current_app.extensions["sign_in_attempts"]
    if not attempts.hit(_SIGN_IN_RATE, request.remote_addr or "unknown"):
        raise TooManyRequests(retry_after=60)


def csp_nonce() -> str:
    """Return this request's nonce for an inline script."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def _policy(settings: Settings) -> str:
    images = ["'self'", "data:", "blob:"]
    connect = ["'self'"]
    if settings.basemap_url:
        # The operator's own choice of a base map is the one thing that may come from elsewhere.
        parts = urlsplit(settings.basemap_url)
        if parts.scheme and parts.netloc:
            host = parts.netloc.replace("{s}", "*")
            images.append(f"{parts.scheme}://{host}")
            connect.append(f"{parts.scheme}://{host}")
    script = "script-src 'self'" + (f" 'nonce-{g.csp_nonce}'" if "csp_nonce" in g else "")
    return "; ".join(
        [
            "default-src 'self'",
            script,
            "style-src 'self' 'unsafe-inline'",
            f"img-src {' '.join(images)}",
            f"connect-src {' '.join(connect)}",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


def init_security(app: Flask, settings: Settings) -> None:
    """Set headers on every answer; CSRF on every form and signed-in API call; limits on sign-in."""
    csrf.init_app(app)
    app.extensions["sign_in_attempts"] = FixedWindowRateLimiter(MemoryStorage())
    app.jinja_env.globals.update(csp_nonce=csp_nonce)

    @app.after_request
    def headers(response: Response) -> Response:
        set_default = response.headers.setdefault
        set_default("X-Content-Type-Options", "nosniff")
        set_default("Referrer-Policy", "no-referrer")
        if response.mimetype == "text/html":
            set_default("Content-Security-Policy", _policy(settings))
            set_default("X-Frame-Options", "SAMEORIGIN")
            set_default("Permissions-Policy", "geolocation=(self), camera=(), microphone=()")
            set_default("Cross-Origin-Opener-Policy", "same-origin")
            set_default("Cache-Control", "private, no-cache")
        if settings.secure_cookies and request.is_secure:
            set_default("Strict-Transport-Security", "max-age=31536000")
        return response
