"""The figures of the store, the disk and the backups in Prometheus' terms."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from geoapp.operations.upkeep.measure import Measured, Measures


class MeasuredCollector(Collector):
    """Tells what was measured once; what is not known has no sample."""

    def __init__(self, measured: Measured) -> None:
        self._measured = measured

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        found = self._measured
        up = found.store is not None
        yield GaugeMetricFamily("geoapp_store_up", "1 if the database answers", float(up))
        if found.store is not None:
            yield from _of_store(found.store)
        if found.replica is not None:
            help_ = "1 if the replica may be asked"
            yield GaugeMetricFamily("geoapp_replica_up", help_, float(found.replica.fit))
            if found.replica.behind_bytes is not None:
                help_ = "How much of the primary's log the replica has not replayed"
                behind = found.replica.behind_bytes
                yield GaugeMetricFamily("geoapp_replica_behind_bytes", help_, behind)
        if found.disk_free_bytes is not None:
            help_ = "Free bytes on the disk of GEOAPP_DATA"
            yield GaugeMetricFamily("geoapp_disk_free_bytes", help_, found.disk_free_bytes)
        if found.backup_at is not None:
            help_ = "When the last whole backup was written from this GEOAPP_DATA"
            at = found.backup_at.timestamp()
            yield GaugeMetricFamily("geoapp_backup_timestamp_seconds", help_, at)
        if found.base_backup_at is not None:
            help_ = "When the cluster was last copied beside its log"
            at = found.base_backup_at.timestamp()
            yield GaugeMetricFamily("geoapp_base_backup_timestamp_seconds", help_, at)
        if found.archiver is not None:
            help_ = "1 if the log is not kept in GEOAPP_WAL_ARCHIVE"
            failing = float(found.archiver.fails or not found.archiver.on)
            yield GaugeMetricFamily("geoapp_archive_failing", help_, failing)
            help_ = "Whole segments of the log, of 16 MiB, that are still to be kept"
            waiting = found.archiver.waiting
            yield GaugeMetricFamily("geoapp_archive_waiting_segments", help_, waiting)


def _of_store(store: Measures) -> Iterator[GaugeMetricFamily]:
    runs = GaugeMetricFamily("geoapp_runs", "Stored runs", labels=["kind", "status"])
    for labels, count in store.runs.items():
        runs.add_metric(labels, count)
    yield runs
    for name, help_, value in (
        ("geoapp_runs_failed_last_day", "Runs that failed in 24 hours", store.failed_last_day),
        ("geoapp_run_waiting_seconds", "How long the oldest queued run waits", store.waiting_s),
        ("geoapp_workers", "Workers that do runs, 0 while there are none to do", store.workers),
        ("geoapp_database_bytes", "Size of the database", store.bytes),
        ("geoapp_facilities", "Facilities in the register", store.facilities),
        ("geoapp_webhooks_stopped", "Webhooks that nothing reached", store.webhooks_stopped),
        ("geoapp_webhooks_waiting", "Deliveries of webhooks that wait", store.webhooks_waiting),
    ):
        yield GaugeMetricFamily(name, help_, value)
    if store.changed_at is not None:
        name = "geoapp_facilities_changed_timestamp_seconds"
        yield GaugeMetricFamily(
            name, "When a facility was changed last", store.changed_at.timestamp()
        )
