"""Webhooks: of what another service is told, how a delivery stands, and how it is signed.

Signatures are those of Standard Webhooks (standardwebhooks.com), for which libraries exist.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from geoapp.core.i18n import Text

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  (how every one begins)
_SECRET_BYTES: Final = 32
# After each try that failed; then the delivery is given up, about a day after the first.
WAITS_SECONDS: Final = (30, 120, 600, 1800, 7200, 21_600, 43_200)
MOST_TRIES: Final = len(WAITS_SECONDS) + 1
# So many deliveries given up one after another stop a webhook.
MOST_GIVEN_UP: Final = 5
KEPT_DAYS: Final = 30
MOST_WEBHOOKS: Final = 20
# How long a secret that was changed signs along, so that receivers have time to take the new one.
OVERLAP_HOURS: Final = 24
MOST_OVERLAP_HOURS: Final = 168
MOST_ADDRESS_CHARACTERS: Final = 2000
MOST_WEBHOOK_NAME_CHARACTERS: Final = 60
# Facilities in one delivery, and of one change set; a larger one is told by its count alone.
FACILITIES_OF_DELIVERY: Final = 100
MOST_TOLD_FACILITIES: Final = 1000


class Event(StrEnum):
    """What another service can be told of."""

    CREATED = "facility.created"
    CHANGED = "facility.changed"
    CLOSED = "facility.closed"
    RUN = "run.finished"
    PUBLICATION = "publication.changed"


# What a test sends; nobody subscribes to it.
TEST_EVENT: Final = "webhook.test"

EVENT_TEXT: Final = {
    Event.CREATED: Text("新增站点", "a facility is new"),
    Event.CHANGED: Text("站点有变化", "a facility changed"),
    Event.CLOSED: Text("站点停用或撤下", "a facility closed or went"),
    Event.RUN: Text("分析结束", "a run has ended"),
    Event.PUBLICATION: Text("公布或收回结果", "a result was published or withdrawn"),
}


class Delivery(StrEnum):
    """How a delivery stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


DELIVERY_TEXT: Final = {
    Delivery.WAITING: Text("等待发送", "waiting"),
    Delivery.DELIVERED: Text("已送达", "delivered"),
    Delivery.FAILED: Text("没有送达", "not delivered"),
}


class Trouble(StrEnum):
    """Why a try failed."""

    ANSWERED = "answered"
    REDIRECTED = "redirected"
    UNKNOWN_HOST = "unknown_host"
    PRIVATE = "private"
    ADDRESS = "address"
    NO_ANSWER = "no_answer"
    TLS = "tls"
    STOPPED = "stopped"


TROUBLE_TEXT: Final = {
    Trouble.ANSWERED: Text("对方没有答应收下", "the receiver did not accept it"),
    Trouble.REDIRECTED: Text(
        "对方要转到别的地址，不跟过去", "the receiver redirects, which is not followed"
    ),
    Trouble.UNKNOWN_HOST: Text("找不到这个主机名", "its name is not known"),
    Trouble.PRIVATE: Text(
        "主机名指向内网或本机地址，设置不允许",
        "its name leads to a private address, which the settings do not allow",
    ),
    Trouble.ADDRESS: Text("现在的设置不允许这个地址", "the settings do not allow this address now"),
    Trouble.NO_ANSWER: Text("连不上，或没有及时应答", "it does not answer, or not in time"),
    Trouble.TLS: Text("对方的证书不可信", "its certificate is not trusted"),
    Trouble.STOPPED: Text("推送已停，没有再试", "the webhook was stopped before"),
}


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events.

    Attributes
    ----------
    region
        Only what is in this region or below it; None is everywhere.
    stopped_at
        When it was stopped because nothing arrived; None while it is not, or if somebody paused it.
    waiting
        How many deliveries wait.
    secret_made_at
        Since when its secret signs.
    former_until
        Until when the secret before it signs along; None where there is none any more.
    """

    id: int
    name: str
    address: str
    events: frozenset[Event]
    region: str | None
    enabled: bool
    stopped_at: datetime | None
    created_at: datetime
    delivered_at: datetime | None
    waiting: int
    secret_made_at: datetime
    former_until: datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """One delivery: of what, how it stands, how often it was tried, and what was wrong last.

    ``http_status`` is what the receiver answered last, None if nothing; ``next_at`` is when it is
    tried again, None once it is over.
    """

    id: int
    message: str
    event: str
    status: Delivery
    tries: int
    created_at: datetime
    last_at: datetime | None
    next_at: datetime | None
    http_status: int | None
    trouble: Trouble | None


def new_secret() -> str:
    """Return a secret that nobody has."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """Return how a delivery is signed: HMAC-SHA256 over its id, the time (Unix seconds) and the body."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def signatures(secrets_: Sequence[str], message: str, timestamp: int, body: bytes) -> str:
    """Return a delivery's signatures by several secrets, of which a receiver needs to know one."""
    return " ".join(signature(one, message, timestamp, body) for one in secrets_)
