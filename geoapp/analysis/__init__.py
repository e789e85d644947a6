"""Arrays and frames in, frozen results out; no Flask, no SQL."""
