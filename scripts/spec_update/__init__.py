"""A new spec, as a drill: refuse, classify, regenerate, check, report (`nox -s update_spec`)."""
