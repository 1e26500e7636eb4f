"""The sync twin of `_async`: derived by `nox -s generate`, but for modules written by hand."""
