"""Send one delivery, and write down how it went."""

import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

import structlog
import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, SSLError

from geoapp import __version__
from geoapp.core.settings import Settings
from geoapp.core.webhooks import (
    MOST_GIVEN_UP,
    MOST_TRIES,
    WAITS_SECONDS,
    Delivery,
    Trouble,
    signatures,
)
from geoapp.operations.webhooks.address import TroubleError, resolved, split_address
from geoapp.store import webhooks as store
from geoapp.store.engine import Database, Session

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
WHOLE_SECONDS = 10.0
_GONE = 410

log = structlog.get_logger(__name__)


class _Bounded(HTTPConnection):
    """A connection that ends in time, also where the other side sends a byte now and then.

    Timeouts of sockets begin anew with each byte, and one receiver would hold all others up.
    """

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._other_end = made.dup()  # TLS takes the first one over
        self._limit = threading.Timer(WHOLE_SECONDS, self._shut)
        self._limit.daemon = True
        self._limit.start()
        return made

    def _shut(self) -> None:
        with suppress(OSError):
            self._other_end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        super().close()
        if hasattr(self, "_limit"):
            self._limit.cancel()
            self._other_end.close()


class _BoundedTls(_Bounded, HTTPSConnection):
    """The same over TLS."""


def post(
    settings: Settings, address: str, secrets: Sequence[str], message: str, body: bytes
) -> int:
    """Send a message once, signed by each of some secrets, and return the status of its acceptance.

    No redirect is followed, no proxy of the environment is used, and nothing of the answer is read
    but its status.

    Raises
    ------
    TroubleError
        If it was not accepted.
    """
    parts = split_address(settings, address)
    if parts is None or parts.hostname is None:
        raise TroubleError(Trouble.ADDRESS)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    where = resolved(settings, parts.hostname, port)
    timestamp = int(time.time())
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": f"geoapp/{__version__}",
        "webhook-id": message,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signatures(secrets, message, timestamp, body),
    }
    patience = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    # To the address that was checked; the certificate must be that of the name.
    pool = (
        urllib3.HTTPSConnectionPool(
            where,
            port,
            timeout=patience,
            server_hostname=parts.hostname,
            assert_hostname=parts.hostname,
        )
        if secure
        else urllib3.HTTPConnectionPool(where, port, timeout=patience)
    )
    pool.ConnectionCls = _BoundedTls if secure else _Bounded
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        answer = pool.urlopen(
            "POST",
            target,
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            preload_content=False,
        )
        answer.close()
    except SSLError:
        raise TroubleError(Trouble.TLS) from None
    except (HTTPError, OSError):
        raise TroubleError(Trouble.NO_ANSWER) from None
    finally:
        pool.close()
    status: int = answer.status
    if 200 <= status < 300:
        return status
    redirected = 300 <= status < 400
    raise TroubleError(Trouble.REDIRECTED if redirected else Trouble.ANSWERED, status)


def deliver(database: Database, settings: Settings, number: int) -> None:
    """Try a delivery that waits, and write down how it went; what is over is left alone.

    A process that dies between the two has sent what is sent again: receivers tell by the id.
    """
    with database.session() as session:
        found = store.waiting_delivery(session, number)
        if found is None:
            return
        row, webhook = found
        address, message, body = webhook.address, row.message, row.body
        secrets = store.signing_secrets(session, webhook)
    status: int | None
    trouble: Trouble | None = None
    try:
        status = post(settings, address, secrets, message, body.encode())
    except TroubleError as failed:
        status, trouble = failed.http_status, failed.trouble
    with database.session() as session:
        found = store.waiting_delivery(session, number)
        if found is None:  # ended meanwhile
            return
        row, webhook = found
        _note(session, row, webhook, status, trouble)


def _note(
    session: Session,
    row: store.WebhookDelivery,
    webhook: store.Webhook,
    status: int | None,
    trouble: Trouble | None,
) -> None:
    now = store.now(session)
    row.tries, row.last_at, row.http_status, row.trouble = row.tries + 1, now, status, trouble
    if trouble is None:
        row.status, row.next_at = Delivery.DELIVERED, None
        webhook.given_up, webhook.delivered_at = 0, now
        return
    log.warning("webhook not delivered", webhook=webhook.id, trouble=trouble, status=status)
    if row.tries < MOST_TRIES and status != _GONE:
        row.next_at = now + timedelta(seconds=WAITS_SECONDS[row.tries - 1])
        session.flush()
        store.defer(session, [row.id])
        return
    row.status, row.next_at = Delivery.FAILED, None
    webhook.given_up += 1
    if webhook.given_up >= MOST_GIVEN_UP or status == _GONE:
        webhook.enabled, webhook.stopped_at = False, now
        session.flush()
        store.end_waiting(session, webhook.id)
        log.error("webhook stopped", webhook=webhook.id)
