"""A request's way without I/O: build it, bound its answer, map what failed to an error."""
