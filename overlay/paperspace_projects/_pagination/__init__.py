"""The state of a listing and of an event feed, without I/O."""
