"""The API key and the secret values that must not show, and a search for them.

The search undoes escapes with the standard library, so that it does not share a bug with the
client's own search.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from urllib.parse import quote, unquote, unquote_plus

KEY = "kqz-0123456789-kqz"
VALUES = (
    "vqz-plain-value-4711",
    '"vqz": "a \\b/c & <d> öä €" \\\\host\\share\nline\t%20+',
    json.dumps(
        {"type": "vqz", "id": 1, "key": "-----B\nxYz0+/=\n-----E", "uri": "https://h/a?b=c"}
    ),
    "918273645546",
)

ESCAPES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: json.dumps(text)[1:-1],
    lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    lambda text: repr(text)[1:-1],
    html.escape,
    quote,
    lambda text: quote(text, safe="").replace("%20", "+"),
)
"""Ways in which a server may escape an echo."""

_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_BACKSLASHED = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[ntrbf]|[^a-zA-Z0-9])")


def _unescaped(found: re.Match[str]) -> str:
    escape = found[1]
    return chr(int(escape[1:], 16)) if len(escape) > 1 else _SIMPLE.get(escape, escape)


def _without_backslashes(text: str) -> str:
    return _BACKSLASHED.sub(_unescaped, text)


_WORDS = {each: max(re.findall(r"[A-Za-z0-9]+", each), key=len) for each in (KEY, *VALUES)}
_UNDO = (_without_backslashes, html.unescape, unquote, unquote_plus)


def shows(text: str, value: str) -> bool:
    """Whether a text contains a value, plain or behind one escape or two."""
    if _WORDS[value] not in text:  # no escape changes letters and digits
        return False
    todo = [(text, 0)]
    while todo:
        each, undone = todo.pop()
        if value in each:
            return True
        if undone < 2:
            others = {undo(each) for undo in _UNDO} - {each}
            todo += [(other, undone + 1) for other in others]
    return False
