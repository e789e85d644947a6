"""A workforce for tests: the scheduler and the tasks are Dask's, the workers two threads of this process."""

from collections.abc import Iterator

import pytest

from geoapp.operations.workforce import Workforce


@pytest.fixture(scope="module")
def workforce() -> Iterator[Workforce]:
    """Two threads of this process."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster, set_as_default=False) as client,
    ):
        yield Workforce(client)
