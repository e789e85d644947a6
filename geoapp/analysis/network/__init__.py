"""Walking networks: exact shortest walks on them, snap legs included."""
