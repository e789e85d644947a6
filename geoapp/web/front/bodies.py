"""A request's body, taken in on the event loop before any thread is busy with it."""

import asyncio
import tempfile
from collections.abc import AsyncIterable
from io import BytesIO
from typing import IO, Final

from geoapp.web.front.environ import Refused

# What is larger waits in a file, so that many slow senders together need little memory.
IN_MEMORY_BYTES: Final = 256 * 1024
# A sender may take longer than the limit for a large body as long as it keeps this pace on the whole:
# far less than the poorest telephone line, far more than somebody who means to hold the service up.
LEAST_BYTES_PER_SECOND: Final = 1024
# How many bodies of the greatest size may wait in files at the same time, in one process.
MOST_WHOLE_BODIES: Final = 4


class SenderLeftError(Exception):
    """Whoever sent a body went before it was whole; nobody is there to be answered."""


class Bodies:
    """Takes bodies in, and keeps to the limits of one and of all together.

    Parameters
    ----------
    seconds
        How long a sender may take, beyond what `LEAST_BYTES_PER_SECOND` allows for the size.
    most_bytes
        The greatest body.
    """

    def __init__(self, *, seconds: float, most_bytes: int) -> None:
        self._seconds: Final = seconds
        self._most_bytes: Final = most_bytes
        self._most_in_files: Final = MOST_WHOLE_BODIES * most_bytes
        self._in_files = 0

    async def take_in(
        self, chunks: AsyncIterable[bytes], declared_bytes: int | None
    ) -> "Body | Refused":
        """Return a body that is whole, or why it is not taken.

        Parameters
        ----------
        chunks
            The body as it comes in.
        declared_bytes
            Its size as the sender states it; None where the size shows at the end.

        Raises
        ------
        SenderLeftError
            If the sender left before the end.
        """
        if declared_bytes is not None and declared_bytes > self._most_bytes:
            return Refused.LARGE
        body = Body(self)
        try:
            refusal = await self._fill(body, chunks)
        except BaseException:
            body.close()
            raise
        if refusal is None and declared_bytes is not None and body.size < declared_bytes:
            body.close()
            raise SenderLeftError
        if refusal is None:
            body.file.seek(0)
            return body
        body.close()
        return refusal

    async def _fill(self, body: "Body", chunks: AsyncIterable[bytes]) -> Refused | None:
        began = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout_at(began + self._seconds) as limit:
                async for chunk in chunks:
                    if body.size + len(chunk) > self._most_bytes:
                        return Refused.LARGE
                    if not body.add(chunk):
                        return Refused.NO_ROOM
                    limit.reschedule(began + self._seconds + body.size / LEAST_BYTES_PER_SECOND)
        except TimeoutError:
            return Refused.SLOW
        return None

    def may_hold(self, size: int) -> bool:
        """Count further bytes that wait in files; False if they are too many."""
        if self._in_files + size > self._most_in_files:
            return False
        self._in_files += size
        return True

    def give_back(self, size: int) -> None:
        """Count bytes that no longer wait in files."""
        self._in_files -= size


class Body:
    """A body: in memory if small, else in a file without a name, which goes when it is closed."""

    def __init__(self, bodies: Bodies) -> None:
        self.file: IO[bytes] = BytesIO()
        self.size = 0
        self._bodies: Final = bodies
        self._in_file = 0

    def add(self, chunk: bytes) -> bool:
        """Add what came in; False if there is no room for it."""
        size = self.size + len(chunk)
        if size > IN_MEMORY_BYTES:
            if not self._bodies.may_hold(size - self._in_file):
                return False
            first, self._in_file = not self._in_file, size
            try:
                if first:
                    file = tempfile.TemporaryFile(prefix="geoapp-body-")  # noqa: SIM115  # see close
                    self.file.seek(0)
                    file.write(self.file.read())
                    self.file = file
                self.file.write(chunk)
            except OSError:  # the disk is full
                return False
        else:
            self.file.write(chunk)
        self.size = size
        return True

    def close(self) -> None:
        """Let go of it."""
        self.file.close()
        self._bodies.give_back(self._in_file)
        self._in_file = 0
