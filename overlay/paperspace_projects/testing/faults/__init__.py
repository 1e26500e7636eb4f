"""Faults of the emulator: what can go wrong, when, and how it is done."""
