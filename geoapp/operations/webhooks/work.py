"""Deliver what waits: beside the runs, in a process of its own, which ends when nothing waits."""

import asyncio
import time
from typing import Any, Final

import procrastinate

from geoapp.core.settings import Settings
from geoapp.operations.webhooks.events import plan
from geoapp.operations.webhooks.send import deliver
from geoapp.operations.webhooks.waiting import is_one_to_tell
from geoapp.store import webhooks as store
from geoapp.store.engine import Database
from geoapp.store.runs.jobs import worker_app

AT_ONCE: Final = 4
IDLE_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.5
STALLED_SECONDS: Final = 60.0


def deliver_waiting(
    database: Database, settings: Settings, idle_seconds: float = IDLE_SECONDS
) -> None:
    """Tell of what has happened and deliver what is due, until nothing has come for a while."""
    asyncio.run(_deliver(database, settings, idle_seconds))


async def _deliver(database: Database, settings: Settings, idle_seconds: float) -> None:
    app = worker_app(database)

    @app.task(name=store.TASK, queue=store.QUEUE)
    def webhook_task(delivery_id: int) -> None:
        deliver(database, settings, delivery_id)

    async with app.open_async():
        await _clear_traces(app)
        last = time.monotonic()
        while True:
            await asyncio.to_thread(plan, database)
            if await asyncio.to_thread(is_one_to_tell, database):
                await app.run_worker_async(
                    queues=[store.QUEUE],
                    concurrency=AT_ONCE,
                    install_signal_handlers=False,
                    delete_jobs="always",
                    listen_notify=False,
                    wait=False,
                )
                last = time.monotonic()
            elif time.monotonic() - last >= idle_seconds:
                return
            else:
                await asyncio.sleep(LOOK_SECONDS)


async def _clear_traces(app: procrastinate.App) -> None:
    """Remove jobs whose worker died; their deliveries get new ones."""
    stalled: Any = await app.job_manager.get_stalled_jobs(
        queue=store.QUEUE, seconds_since_heartbeat=STALLED_SECONDS
    )
    for job in stalled:
        await app.job_manager.finish_job(
            job, status=procrastinate.jobs.Status.FAILED, delete_job=True
        )
