"""Constants of the server and the candidates, in a module that is cheap to import."""

KEY = "bench-key"
PAGE = 120
"""Items a page."""
PARTS = ("collaborators", "secrets", "tags", "models")
"""The small lists that belong to each project."""
PART = 3
"""Items in each small list."""


def small(root: str) -> str:
    """The URL of an API whose main listing is as short as a small list."""
    return f"{root.rpartition('/')[0]}/of-{PART}"


def query(cursor: str | None) -> dict[str, str]:
    """The query of a page of projects."""
    return {"limit": str(PAGE)} if cursor is None else {"limit": str(PAGE), "after": cursor}
