"""All that does I/O, written once, in async. `_sync` is derived from it by `nox -s generate`."""
