"""A release: its changelog, its breaking changes, its files and their licences."""
