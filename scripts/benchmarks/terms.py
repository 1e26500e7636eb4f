"""What the server and the candidates have in common; it costs nothing to import."""

PAGE = 120
"""Items a page."""
KEY = "bench-key"
PARTS = ("collaborators", "secrets", "tags", "models")
"""The small lists that belong to each project."""
PART = 3
"""Items in each of them."""
