"""Everything that is generated: the client package, `_sync/`, and the docs' tables."""
