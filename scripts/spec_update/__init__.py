"""Replaces the spec: refuse, classify, regenerate, check, report (`nox -s update_spec`)."""
