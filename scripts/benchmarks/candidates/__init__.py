"""One module for each candidate, doing the nearest same work in its own way."""
