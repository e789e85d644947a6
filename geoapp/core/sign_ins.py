"""Signing in, as it is noted for administrators: by which way, what came of it, from about where."""

from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from geoapp.core.i18n import Text


class Way(StrEnum):
    """What somebody showed."""

    PASSWORD = "password"  # noqa: S105  (a word)
    CODE = "code"
    LINK = "link"
    PROVIDER = "provider"
    BASIC = "basic"
    KEY = "key"


class Outcome(StrEnum):
    """What came of it; ``half`` = the password fits, and a code is asked for."""

    IN = "in"
    HALF = "half"
    WRONG = "wrong"
    DISABLED = "disabled"
    REFUSED = "refused"
    HELD = "held"


FAILED: Final = (Outcome.WRONG, Outcome.DISABLED, Outcome.REFUSED, Outcome.HELD)

WAY_TEXT: Final = {
    Way.PASSWORD: Text("密码", "password"),
    Way.CODE: Text("两步验证", "second factor"),
    Way.LINK: Text("设置密码的链接", "link to choose a password"),
    Way.PROVIDER: Text("单位账号", "organisation's account"),
    Way.BASIC: Text("接口，用密码", "API, by password"),
    Way.KEY: Text("接口，用密钥", "API, by key"),
}
OUTCOME_TEXT: Final = {
    Outcome.IN: Text("已登录", "signed in"),
    Outcome.HALF: Text("密码对，等验证码", "password right, code asked for"),
    Outcome.WRONG: Text("不对", "wrong"),
    Outcome.DISABLED: Text("账号已停用", "account disabled"),
    Outcome.REFUSED: Text("没有放行", "not let in"),
    Outcome.HELD: Text("试得太多，没有检查", "too many tries, not looked at"),
}

# An office or a household, and not which of its machines.
_IPV4_BITS: Final = 24
_IPV6_BITS: Final = 48


def network_of(address: str | None) -> str | None:
    """Return the network that an address lies in, /24 or /48; None where it is not known.

    >>> network_of("203.0.113.77")
    '203.0.113.0/24'
    >>> network_of("2001:db8:1:2::3")
    '2001:db8:1::/48'
    """
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    if isinstance(found, IPv6Address):
        # The zone of a link-local address names a card of this machine.
        found = found.ipv4_mapped or IPv6Address(int(found))
    bits = _IPV6_BITS if isinstance(found, IPv6Address) else _IPV4_BITS
    return str(ip_network(f"{found}/{bits}", strict=False))
