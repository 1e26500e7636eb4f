"""What the site does beside showing pages: the changelog as a page, guides before reference in the
search, the first "dialect" of a page as a link, a search that works from a folder, and llms.txt."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT))

from scripts.release import changelog  # noqa: E402 -- found by way of the line above

BOOSTS = {
    "guides/": 2,
    "reference/": 0.3,
    "changelog": 0.3,
    "guides/from-gradient": 0.3,
    "dialects": 2,
}
"""How much a page counts in the search, by the beginning of its name."""
DIALECTS = "dialects.md"
DIALECT = re.compile(r"^(?![#|`\[ ]|-{3}|```)(?:(?![`\[\]]).)*?\b(dialects?)\b", re.MULTILINE)
"""The word in the text of a paragraph: not in a heading, a table, code, or another link."""
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
SHIM_URL = "https://unpkg.com/iframe-worker/shim"
SHIM = PurePosixPath("assets/javascripts/iframe-worker.js")
sections: list[str] = []


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """The text of a page; that of changelog.md is the changelog, unreleased entries included."""
    name = page.file.src_uri
    for beginning, boost in BOOSTS.items():
        if name.startswith(beginning):
            page.meta["search"] = {"boost": boost}
    if name != "changelog.md":
        return markdown if name == DIALECTS else _with_link(markdown, name)
    head, mark, released = (ROOT / changelog.CHANGELOG).read_text("utf-8").partition(changelog.MARK)
    coming = changelog.draft("Unreleased", date="") if changelog.fragments(ROOT) else ""
    return f"{head}{mark}{coming}\n\n{released}".replace("](docs/", "](")


def _with_link(markdown: str, name: str) -> str:
    """Link the first "dialect" of a page that does not link it before."""
    text = FENCED.sub(lambda code: " " * len(code[0]), markdown)
    found = DIALECT.search(text)
    if found is None or f"{DIALECTS})" in text[: found.end()]:
        return markdown
    way = "../" * name.count("/") + DIALECTS
    start, end = found.span(1)
    return f"{markdown[:start]}[{found[1]}]({way}){markdown[end:]}"


def on_nav(nav: Navigation, **_: object) -> None:
    """Write down the pages for llms.txt, in the order of the navigation."""
    sections.clear()
    for item in nav.items:
        pages = item.children if isinstance(item, Section) else [item]
        sections.append(f"\n## {item.title or 'Start'}\n")
        for page in pages:
            if isinstance(page, Page):
                sections.append(f"- [{page.title or page.file.name}]({page.file.src_uri})")


def on_post_page(output: str, page: Page, **_: object) -> str:
    """Take the program that lets a search work from a folder from the site itself."""
    return output.replace(SHIM_URL, "../" * page.url.count("/") + str(SHIM))


def on_post_template(output_content: str, **_: object) -> str:
    """The same for 404.html, which is shown in any folder."""
    return output_content.replace(SHIM_URL, f"/{SHIM}")


def on_post_build(config: MkDocsConfig, **_: object) -> None:
    """Add that program, llms.txt, and the pages as they are written, which it links to."""
    site = Path(config.site_dir)
    shutil.copyfile(os.environ["IFRAME_WORKER"], site / SHIM)
    head = f"# {config.site_name}\n\n> {config.site_description}\n"
    (site / "llms.txt").write_text("\n".join([head, *sections, ""]), encoding="utf-8")
    for source in re.findall(r"\]\((.*?\.md)\)", "\n".join(sections)):
        shutil.copyfile(Path(config.docs_dir) / source, site / source)
