"""Write what both dialects take and answer, as data, or with --check compare it.

It comes from openapi.yaml and overlay/live.overlay.yaml. The dialect report compares with the
answers, and the emulator gives them.
"""

from __future__ import annotations

import json
import sys
from typing import cast

from ..live_document.document import CONTRACT, Document, live_document, load
from ..live_document.shapes import Body, Field, Reader
from .outputs import is_check, put
from .provenance import ROOT

KEYWORDS = ("enum", "format")
FILE = ROOT / "overlay" / "paperspace_projects" / "dialects" / "shapes.json"


def shapes() -> dict[str, dict[str, object]]:
    """For each operation, the request, what each dialect takes, and its answers by status.

    A body is its fields by path, each with its type, whether it is required and nullable, and
    keywords that say which values it has.
    """
    documents: dict[str, Document] = {"contract": load(CONTRACT), "live": live_document()}
    found: dict[str, dict[str, object]] = {}
    for dialect, document in documents.items():
        for each in Reader(document).operations():
            request = f"{each.method.upper()} {each.path}"
            entry = found.setdefault(each.id, {"request": request, "takes": {}})
            in_query = {
                name.removeprefix("query "): _field(value)
                for name, value in each.parameters.items()
                if name.startswith("query ")
            }
            cast("dict[str, object]", entry["takes"])[dialect] = {
                "query": in_query,
                "body": _fields(each.body) or {"": ["object", True, False]},
            }
            entry[dialect] = {status: _fields(body) for status, body in each.answers.items()}
    return found


def _fields(body: Body | None) -> dict[str, list[object]] | None:
    if body is None:
        return None
    return {path: _field(each) for path, each in body.fields.items()}


def _field(each: Field) -> list[object]:
    keywords = {key: each.keywords[key] for key in KEYWORDS if key in each.keywords}
    return [each.type, each.required, each.nullable, *([keywords] if keywords else [])]


def text() -> str:
    """The file: a line for each operation."""
    lines = (f"{json.dumps(name)}: {json.dumps(each)}" for name, each in shapes().items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(put({FILE: text().encode()}, check=is_check(__doc__)))
