"""Who sends without being signed in: from our own pages and programs, never from other sites' pages."""

from urllib.parse import urlsplit

from flask import request

from geoapp.core.errors import OtherSiteError
from geoapp.core.i18n import Text

_ELSEWHERE = Text(
    "这个请求来自别的网站的页面，不予受理。",
    "This request comes from a page of another site, and is refused.",
)
_OWN = ("same-origin", "none")


def refuse_other_sites() -> None:
    """Refuse what another site's page makes a visitor's browser send.

    No cookie counts here, so there is no right to be borrowed; but the sender's address counts as a
    voice, and a page with many visitors could borrow those. Browsers say where a request comes from;
    a program that says nothing speaks for itself alone.

    Raises
    ------
    OtherSiteError
        If a browser says that a page of another site sends it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in _OWN:
            raise OtherSiteError(_ELSEWHERE)
        return
    # Our pages give no referrer, so that older browsers send "null".
    origin = request.headers.get("Origin", "null")
    if origin != "null" and urlsplit(origin).netloc != request.host:
        raise OtherSiteError(_ELSEWHERE)
