"""Threads that do the application's work, apart from the loop that waits for senders and readers."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, Final, TypeVar

from geoapp.web.front.environ import Refused

T = TypeVar("T")

# Who waits longer than these take has left before.
MOST_TURNS: Final = 16
MOST_TURNS_OF_ADDRESS: Final = 8
# Who is told to come back: no sooner, and no later, than after these.
LEAST_RETRY_SECONDS: Final = 5
MOST_RETRY_SECONDS: Final = 600

_Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class Lane:
    """A few threads of one purpose, with a queue before them.

    Parameters
    ----------
    name
        What the threads are called.
    threads
        How many of them. They begin with the first piece of work, and so after the process was
        forked.
    """

    def __init__(self, name: str, threads: int) -> None:
        self._name: Final = name
        self._threads: Final = threads
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._usual_seconds = 0.0
        self._begun: dict[int, float] = {}

    def retry_seconds(self) -> int:
        """Return after how many seconds one of those who wait is likely to have left.

        As long as work has taken of late, or what is being done has taken so far, where that is longer.
        """
        now = time.monotonic()
        longest = max((now - begun for begun in list(self._begun.values())), default=0.0)
        seconds = max(self._usual_seconds, longest) / self._threads
        return int(min(max(seconds + 1, LEAST_RETRY_SECONDS), MOST_RETRY_SECONDS))

    async def do(self, work: Callable[[], T]) -> T:
        """Do a piece of work in one of the threads; to be awaited on the process's only loop."""
        loop = self._loop
        if loop is None:
            loop = self._loop = asyncio.get_running_loop()
            for number in range(self._threads):
                # Of the process: what is at work when it is told to end has been waited for before.
                threading.Thread(
                    target=self._work, args=(loop,), name=f"{self._name}-{number}", daemon=True
                ).start()
        done: asyncio.Future[T] = loop.create_future()
        self._jobs.put((work, done))
        return await done

    def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        own = threading.get_ident()
        while True:
            work, done = self._jobs.get()
            if done.cancelled():
                continue
            begun = self._begun[own] = time.monotonic()
            try:
                answer, error = work(), None
            except BaseException as failure:  # it is raised where the answer is awaited
                answer, error = None, failure
            del self._begun[own]
            self._usual_seconds += (time.monotonic() - begun - self._usual_seconds) / 4
            loop.call_soon_threadsafe(_settle, done, answer, error)
            # Nothing of a request stays held while the thread waits for the next.
            del work, done, answer, error


class Turns:
    """Who may wait for heavy work: so many together, and so many of one address.

    Used on the process's loop alone.
    """

    def __init__(
        self, *, most: int = MOST_TURNS, most_of_address: int = MOST_TURNS_OF_ADDRESS
    ) -> None:
        self._most: Final = most
        self._most_of_address: Final = most_of_address
        self._of_address: Counter[str] = Counter()

    def take(self, address: str) -> Refused | None:
        """Take a turn for an address, to be given back; or tell why not."""
        if self._of_address[address] >= self._most_of_address:
            return Refused.CROWDING
        if self._of_address.total() >= self._most:
            return Refused.BUSY
        self._of_address[address] += 1
        return None

    def give_back(self, address: str) -> None:
        """End a turn."""
        self._of_address[address] -= 1
        if not self._of_address[address]:
            del self._of_address[address]


def _settle(done: "asyncio.Future[Any]", answer: Any, error: BaseException | None) -> None:
    if done.done():  # whoever asked has gone
        return
    if error is None:
        done.set_result(answer)
    else:
        done.set_exception(error)
