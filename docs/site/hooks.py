"""What the site does beside showing pages: the changelog as a page, and guides before reference."""

from __future__ import annotations

from pathlib import Path

from mkdocs.structure.pages import Page

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """The text of a page; that of changelog.md is the changelog at the top of the repository."""
    if page.file.src_uri.startswith("reference/"):
        page.meta["search"] = {"boost": 0.3}
    if page.file.src_uri != "changelog.md":
        return markdown
    return CHANGELOG.read_text(encoding="utf-8").replace("](docs/", "](")
