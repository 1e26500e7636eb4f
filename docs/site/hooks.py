"""What the site does beside showing pages: the changelog as a page, and guides before reference."""

from __future__ import annotations

import sys
from pathlib import Path

from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

from scripts.release import changelog  # noqa: E402 -- found by way of the line above


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """The text of a page; that of changelog.md is the changelog, unreleased entries included."""
    if page.file.src_uri.startswith("reference/"):
        page.meta["search"] = {"boost": 0.3}
    if page.file.src_uri != "changelog.md":
        return markdown
    head, mark, released = (ROOT / changelog.CHANGELOG).read_text("utf-8").partition(changelog.MARK)
    coming = changelog.draft("Unreleased", date="") if changelog.fragments(ROOT) else ""
    return f"{head}{mark}{coming}\n\n{released}".replace("](docs/", "](")
