"""The clients that are compared: a class `Sync`, a class `Async`, or both, in each module."""
