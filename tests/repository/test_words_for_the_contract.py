"""No text calls openapi.yaml the vendor's: an independent author wrote it, and we vendored it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRONG = re.compile(
    r"vendor's (own |OpenAPI )?(spec|specification|contract)\b"
    r"|vendor's `?openapi\.yaml|official spec",
    re.IGNORECASE,
)


def test_openapi_yaml_is_called_the_contract_or_the_vendored_spec() -> None:
    listed = subprocess.check_output(
        [
            "git",
            "ls-files",
            "README.md",
            "CHANGELOG.md",
            "noxfile.py",
            "docs",
            "overlay",
            "scripts",
        ],
        cwd=ROOT,
        text=True,
    )
    found = [
        f"{name}: {match[0]}"
        for name in listed.splitlines()
        if name.endswith((".md", ".py", ".yaml", ".toml"))
        for match in WRONG.finditer((ROOT / name).read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_docs_say_where_it_is_from_and_what_has_not_been_tested() -> None:
    dialects = (ROOT / "docs" / "dialects.md").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for fact in (
        "api-evangelist/paperspace",
        "did not publish it",
        "https://api.paperspace.com/v1/openapi.json",
        "never been held against the vendor's server",
        "is an OpenAPI Overlay document",
        "-- --live",
    ):
        assert fact in " ".join(dialects.split()), fact
    assert "was not published by the vendor" in " ".join(readme.split())
