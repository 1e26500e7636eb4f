"""Check the built site: words find their page first, no link is broken by its ending, and nothing
is fetched. `python docs/site/check.py build/site`
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from lunr import lunr

FIRST = {
    "paginate": "guides/listings.html",
    "pagination": "guides/listings.html",
    "offline": "testing.html",
    "retries": "reliability.html",
    "retry": "reliability.html",
    "rate limit": "reliability.html",
    "timeout": "reliability.html",
    "idempotency": "reliability.html",
    "emulator": "testing.html",
    "dialect": "dialects.html",
    "errors": "guides/errors.html",
    "proxy": "guides/network.html",
    "secret": "guides/secrets.html",
}
"""What people search for, and the page that they want."""
FIELDS = ({"field_name": "title", "boost": 1000}, "text")
"""As the theme weighs them."""


def found_first(documents: list[dict[str, str]], words: str) -> str:
    """The page of the best result, sections counted for their page, as the theme shows them."""
    index = lunr(ref="location", fields=FIELDS, documents=documents)
    boosts = {each["location"]: float(each.get("boost", 1)) for each in documents}
    found = index.search(" ".join(f"+{word}" for word in words.split()))
    best = max(found, key=lambda each: each["score"] * boosts[each["ref"]], default={"ref": "-"})
    return str(best["ref"]).partition("#")[0]


def problems(site: Path) -> list[str]:
    """What is wrong with the site."""
    found: list[str] = []
    documents = json.loads((site / "search/search_index.json").read_text("utf-8"))["docs"]
    for words, page in FIRST.items():
        if (first := found_first(documents, words)) != page:
            found.append(f"a search for {words!r} finds {first} before {page}")
    for file in sorted(site.rglob("*.html")):
        html, name = file.read_text("utf-8"), file.relative_to(site)
        found += [
            f"{name}: a link to {each}" for each in re.findall(r'href="([^":]*\.md)[#"]', html)
        ]
        fetched = re.findall(
            r"<(?:script|img|link rel=.stylesheet.)[^>]*=.?(https?:[^\"' >]*)", html
        )
        found += [f"{name}: {each} is fetched" for each in fetched]
    return found


if __name__ == "__main__":
    wrong = problems(Path(sys.argv[1]))
    print("\n".join(wrong) or "The site is as it should be.")
    sys.exit(bool(wrong))
