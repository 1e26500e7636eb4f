"""Faults that the emulator can be told to make, and how they are made."""
