"""The I/O of an inventory, written once, in async. `nox -s generate` derives `_sync` from it."""
