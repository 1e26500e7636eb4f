"""A program that depends on the wheel."""
