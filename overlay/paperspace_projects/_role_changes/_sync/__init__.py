"""The sync twin of `_async/`, derived from it by `nox -s generate`."""
