"""Generates the client package, `_sync/`, and the tables of the docs."""
