"""Show the changelog, which stands at the top of the repository, as a page of the site."""

from __future__ import annotations

from pathlib import Path

from mkdocs.structure.pages import Page

CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """The text of a page; that of changelog.md is the changelog."""
    if page.file.src_uri != "changelog.md":
        return markdown
    return CHANGELOG.read_text(encoding="utf-8").replace("](docs/", "](")
