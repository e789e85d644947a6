"""Where messages may go: https addresses of other machines, unless the operator permits more.

Whoever registers an address chooses where this machine connects to. So its name is looked up at each
delivery, every address that it has must be a public one, and the connection goes to what was checked.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from geoapp.core.errors import InvalidValueError
from geoapp.core.i18n import Text
from geoapp.core.settings import Settings
from geoapp.core.webhooks import MOST_ADDRESS_CHARACTERS, Trouble

Ip = IPv4Address | IPv6Address
# An IPv4 address within an IPv6 one, as translators have it (RFC 6052).
_TRANSLATED: Final = ip_network("64:ff9b::/96")
_HTTPS = Text(
    "以 https:// 开头的网址，只用 ASCII 字符（汉字要编码），不含用户名和 #；"
    "http 要先设置 GEOAPP_WEBHOOKS_HTTP",
    "an address that begins with https://, in ASCII (other letters encoded), without user name or #;"
    " http needs GEOAPP_WEBHOOKS_HTTP",
)
_PUBLIC = Text(
    "公网的主机；内网或本机要先设置 GEOAPP_WEBHOOKS_PRIVATE",
    "a host on the internet; a private one needs GEOAPP_WEBHOOKS_PRIVATE",
)


class TroubleError(Exception):
    """A try failed; ``http_status`` is what the receiver answered, None if nothing."""

    def __init__(self, trouble: Trouble, http_status: int | None = None) -> None:
        super().__init__(trouble)
        self.trouble = trouble
        self.http_status = http_status


def check_address(settings: Settings, address: str) -> None:
    """Refuse what can be no receiver; a name is looked up only when something is sent.

    Raises
    ------
    InvalidValueError
        If it is no address that the settings allow.
    """
    parts = split_address(settings, address)
    if parts is None:
        raise InvalidValueError("address", address[:100], _HTTPS)
    try:
        literal = ip_address(parts.hostname or "")
    except ValueError:
        return
    if not settings.webhooks_private and not is_public(literal):
        raise InvalidValueError("address", address[:100], _PUBLIC)


def split_address(settings: Settings, address: str) -> SplitResult | None:
    """Return the parts of an address; None if the settings do not allow it."""
    if len(address) > MOST_ADDRESS_CHARACTERS or not address.isascii() or not address.isprintable():
        return None
    if any(sign in address for sign in " \\#@"):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    schemes = ("https", "http") if settings.webhooks_http else ("https",)
    return parts if parts.scheme in schemes and parts.hostname and port != 0 else None


def is_public(address: Ip) -> bool:
    """Tell whether an address is one of the internet, also as other addresses hold it."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is None and address in _TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast


def resolved(settings: Settings, host: str, port: int) -> str:
    """Return the address to connect to, after every one that the name has was checked.

    Raises
    ------
    TroubleError
        If the name is not known, or has an address that the settings do not allow.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TroubleError(Trouble.UNKNOWN_HOST) from None
    addresses = [str(where[0]) for *_, where in found]
    if not addresses:
        raise TroubleError(Trouble.UNKNOWN_HOST)
    if not settings.webhooks_private and not all(
        is_public(ip_address(one.partition("%")[0])) for one in addresses
    ):
        raise TroubleError(Trouble.PRIVATE)
    return addresses[0]
