"""Behind reverse proxies: what they are believed, and under which names the service is reached."""

from flask import Flask, Response, request
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.sansio.utils import host_is_trusted

from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.web.edge.problems import problem

# What asks on the machine itself: the service's own check that it is ready, and its monitors.
_THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


def init_proxies(app: Flask, settings: Settings) -> None:
    """Believe the stated number of proxies, and refuse (400) names that are not the service's.

    The host is written into links of answers that caches may keep, so a foreign one must not pass.
    """
    count = settings.trusted_proxies
    if count:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count
        )
    own = [name.strip() for name in settings.trusted_hosts.split(",") if name.strip()]
    if not own:
        return
    listening = f"[{settings.host}]" if ":" in settings.host else settings.host
    trusted = [*own, *_THIS_MACHINE, listening]

    @app.before_request
    def refuse_other_hosts() -> Response | None:
        try:
            host = request.host
        except SecurityError:
            host = ""
        if host_is_trusted(host, trusted):
            return None
        return problem(
            400,
            Text(
                "这里不以这个主机名提供服务（GEOAPP_TRUSTED_HOSTS）。",
                "The service is not reached under this host (GEOAPP_TRUSTED_HOSTS).",
            ),
        )
