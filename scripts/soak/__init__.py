"""Many mixed calls to a server that fails and omits data, checked against a model."""
