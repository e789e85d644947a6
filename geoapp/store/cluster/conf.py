"""What the private cluster's server is told: who may connect, its settings, its environment."""

import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# Whoever reaches the socket may do all, copy the cluster as well; nobody else reaches it.
HBA = "local all all trust\nlocal replication all trust\n"
FORMER_HBA = "local all all trust\n"
# With it a server takes no changes, unless somebody asks for it by name.
READ_ONLY: Final = "default_transaction_read_only"

# Written to geoapp.conf at each start; ALTER SYSTEM goes before it. fsync, full_page_writes and
# synchronous_commit stay on: what was answered as saved is saved.
TUNING: Mapping[str, str] = MappingProxyType(
    {
        "max_connections": "100",
        "shared_buffers": "256MB",
        "work_mem": "32MB",
        "maintenance_work_mem": "256MB",
        "effective_cache_size": "2GB",
        "random_page_cost": "1.1",
        "max_wal_size": "2GB",
        "jit": "off",
        # A parallel hash lives in /dev/shm, which is 64 MB in a container.
        "enable_parallel_hash": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        "log_min_error_statement": "panic",  # statements carry what people asked
    }
)


def quoted(value: str) -> str:
    """Return a value as postgresql.conf has it."""
    return "'{}'".format(value.replace("\\", "\\\\").replace("'", "''"))


def server_environment() -> dict[str, str]:
    """Return the environment without PG* variables and with a locale that is always there."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C.UTF-8"}
