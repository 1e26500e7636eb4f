"""Write the answers of both dialects, as data that the package reads, or with --check compare them.

They come from openapi.yaml and overlay/live.overlay.yaml; the dialect report compares with them.
"""

from __future__ import annotations

import json
import sys

from ..live_document.document import CONTRACT, Document, live_document, load
from ..live_document.shapes import Body, Reader
from .outputs import is_check, put
from .provenance import ROOT

FILE = ROOT / "overlay" / "paperspace_projects" / "dialects" / "shapes.json"


def shapes() -> dict[str, dict[str, object]]:
    """For each operation, the request, and the answers of each dialect by status.

    A body is its fields by path, each with its type and whether it is required and nullable.
    """
    documents: dict[str, Document] = {"contract": load(CONTRACT), "live": live_document()}
    found: dict[str, dict[str, object]] = {}
    for dialect, document in documents.items():
        for each in Reader(document).operations():
            entry = found.setdefault(each.id, {"request": f"{each.method.upper()} {each.path}"})
            entry[dialect] = {status: _fields(body) for status, body in each.answers.items()}
    return found


def _fields(body: Body | None) -> dict[str, list[object]] | None:
    if body is None:
        return None
    return {path: [f.type, f.required, f.nullable] for path, f in body.fields.items()}


def text() -> str:
    """The file: a line for each operation."""
    lines = (f"{json.dumps(name)}: {json.dumps(each)}" for name, each in shapes().items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(put({FILE: text().encode()}, check=is_check(__doc__)))
