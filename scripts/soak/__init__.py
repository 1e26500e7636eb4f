"""Many mixed calls to a server that fails and withholds facts, checked against a model."""
