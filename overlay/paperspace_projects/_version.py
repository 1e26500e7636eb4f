"""The one place where the version of `paperspace-projects` stands."""

__version__ = "0.1.0"
