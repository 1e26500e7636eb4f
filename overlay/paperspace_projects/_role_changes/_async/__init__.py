"""All of it that does I/O, written once, in async. `nox -s generate` derives `_sync` from it."""
