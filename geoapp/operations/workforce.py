"""Workers of a Dask cluster, on this machine or on others.

What Dask does is left to it: it hands the tasks out, restarts its workers, and gives the tasks of a
lost worker to another. A task is a function of the analysis and its arguments; workers need geoapp
of the same version, and neither the database nor a folder in common.
"""

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, TypeVar

from geoapp import __version__
from geoapp.core.errors import GeoappError, InvalidValueError, MissingPartError, UnavailableError
from geoapp.core.i18n import Text

if TYPE_CHECKING:
    from distributed import Client, Future

LOCAL: Final = "local"
CONNECT_SECONDS = 10.0
WORKER_SECONDS = 30.0
_LOOK_SECONDS: Final = 0.5
_AHEAD: Final = 3  # tasks in hand for each worker, so that none waits for the next
_OPTION: Final = "--scheduler"

Part = TypeVar("Part")
Found = TypeVar("Found")


class Workforce:
    """The workers of a cluster.

    Parameters
    ----------
    client
        A connection to its scheduler.
    """

    def __init__(self, client: "Client") -> None:
        self._client = client

    def share(self, make: Callable[..., Any], *arguments: Any) -> Any:
        """Have something made once for all tasks, where the workers are; a lost one is made again."""
        return self._client.submit(make, *arguments, pure=False)

    def in_order(
        self,
        work: Callable[..., Found],
        parts: Iterable[Part],
        *arguments: Any,
        look: Callable[[], None],
    ) -> Iterator[tuple[Part, Found]]:
        """Yield for each part, in order, what the work on it found.

        Parameters
        ----------
        work
            Called on a worker with a part and the arguments.
        parts
            Taken up a few at a time, as the workers get through with them.
        arguments
            For all; what `share` returned is there as what was made.
        look
            Called now and then; may raise to stop.

        Raises
        ------
        UnavailableError
            If all workers are gone and none comes back.
        GeoappError
            If a task fails, or takes its worker with it time and again.
        """
        waiting: deque[tuple[Part, Future[Any]]] = deque()
        try:
            for part in parts:
                waiting.append((part, self._client.submit(work, part, *arguments, pure=False)))
                if len(waiting) >= _AHEAD * max(1, self._threads()):
                    first, future = waiting.popleft()
                    yield first, self._result(future, look)
            while waiting:
                first, future = waiting.popleft()
                yield first, self._result(future, look)
        finally:
            self._client.cancel([future for _, future in waiting])

    def each(self, ask: Callable[..., Found], *arguments: Any) -> dict[str, Found]:
        """Call a function once on each worker that is there; return what each says by its address."""
        with _said():
            answers: dict[str, Found] = self._client.run(ask, *arguments)
        return answers

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def _result(self, future: "Future[Any]", look: Callable[[], None]) -> Any:
        from distributed import wait  # noqa: PLC0415  (an extra)

        alone_since: float | None = None
        while not future.done():
            look()
            try:
                with self._client.as_current():
                    wait(future, timeout=_LOOK_SECONDS)
            except TimeoutError:
                if self._client.status == "running" and self._threads():
                    alone_since = None
                    continue
                alone_since = alone_since or time.monotonic()
                if time.monotonic() - alone_since > WORKER_SECONDS:
                    raise _without_workers() from None
        with _said():
            return future.result()


@contextmanager
def _said() -> Iterator[None]:
    """Say in a sentence what went wrong on a worker."""
    try:
        yield
    except GeoappError:
        raise
    except Exception as error:
        name = type(error).__name__
        raise GeoappError(
            Text(
                f"集群没有完成一块的计算（{name}：{error}）。各台机器要装同一版本的 geoapp"
                f"（{__version__}），内存要够。",
                f"The cluster did not finish a part ({name}: {error}). Each machine needs geoapp "
                f"{__version__} and enough memory.",
            )
        ) from error


def check_version(version: str) -> str:
    """Refuse, on a worker, to work for another version of geoapp; return this one."""
    if version != __version__:
        raise GeoappError(
            Text(
                f"工作进程上的 geoapp 是 {__version__}，这里是 {version}：要装同一版本。",
                f"The workers have geoapp {__version__}, and this is {version}: they must be the same.",
            )
        )
    return __version__


def _without_workers() -> UnavailableError:
    return UnavailableError(
        Text(
            "集群里已没有工作进程，等了一会儿也没有回来。",
            "The cluster has no workers any more, and none came back for a while.",
        )
    )


def check_scheduler(
    scheduler: str | None, workers: int | None = None, memory_gb: float | None = None
) -> None:
    """Refuse what cannot be meant, before anything is started; without a scheduler nothing is.

    Raises
    ------
    InvalidValueError
        If the scheduler is no address, or workers are asked for where others have started them.
    MissingPartError
        If Dask is not installed.
    """
    if scheduler is not None and not (
        scheduler == LOCAL or scheduler.startswith(("tcp://", "tls://"))
    ):
        accepted = Text(
            "local 或调度器的地址（tcp://主机:端口）",
            "local, or a scheduler's address (tcp://HOST:PORT)",
        )
        raise InvalidValueError(_OPTION, scheduler, accepted)
    for option, value in (("--workers", workers), ("--worker-memory-gb", memory_gb)):
        if value is not None and scheduler != LOCAL:
            accepted = Text(
                "空着（只与 --scheduler local 同用）",
                "nothing (it goes with --scheduler local alone)",
            )
            raise InvalidValueError(option, value, accepted)
    if memory_gb is not None and not math.isfinite(memory_gb):
        accepted = Text("有限的数（GB）", "a finite number (GB)")
        raise InvalidValueError("--worker-memory-gb", memory_gb, accepted)
    if scheduler is not None and find_spec("distributed") is None:
        raise MissingPartError(
            Text(
                "--scheduler 需要另装：pip install 'geoapp[scale]'",
                "--scheduler needs more: pip install 'geoapp[scale]'",
            )
        )


@contextmanager
def open_workforce(
    scheduler: str, workers: int | None = None, memory_gb: float | None = None
) -> Iterator[Workforce]:
    """Connect to a cluster, or start one on this machine, and leave or end it afterwards.

    Parameters
    ----------
    scheduler
        ``local``, or ``tcp://HOST:PORT`` of one that runs.
    workers, memory_gb
        Processes and the memory of each, of a local one; None = one for each core, and an equal
        share of this machine's memory.

    Raises
    ------
    InvalidValueError, MissingPartError
        As `check_scheduler` says, or the scheduler does not answer, or has no workers.
    """
    check_scheduler(scheduler, workers, memory_gb)
    from distributed import Client, LocalCluster  # noqa: PLC0415  (an extra)

    if scheduler == LOCAL:
        with (
            TemporaryDirectory(prefix="geoapp-dask-") as folder,
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit="auto" if memory_gb is None else int(memory_gb * 1e9),
                # Whoever is on this machine may not hand tasks to it: it talks by certificates of its own.
                security=True,
                host="127.0.0.1",
                dashboard_address=None,
                local_directory=str(Path(folder)),
                silence_logs=logging.ERROR,
            ) as cluster,
            Client(cluster, set_as_default=False) as client,
        ):
            yield Workforce(client)
        return
    try:
        client = Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    # MemoryError: another kind of service answers, and its words are read as a message's length.
    except (OSError, ValueError, TypeError, RuntimeError, MemoryError) as error:
        accepted = Text("能连上的调度器", "a scheduler that answers")
        raise InvalidValueError(_OPTION, scheduler, accepted) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError:
            accepted = Text("有工作进程的调度器", "a scheduler that has workers")
            raise InvalidValueError(_OPTION, scheduler, accepted) from None
        workforce = Workforce(client)
        workforce.each(check_version, __version__)
        yield workforce
