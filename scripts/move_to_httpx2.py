"""Copy the tree with httpx2 and httpcore2 in the place of httpx and httpcore.

    python -m scripts.move_to_httpx2 FOLDER

`pytest @left-out.txt` in the folder then runs the tests, but for those that speak httpx's name.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

REQUIREMENTS = {"httpx>=0.28.1,<0.29": "httpx2>=2,<3", "httpcore>=1.0.9,<2": "httpcore2>=2,<3"}
NAME = re.compile(r"(?<![\w.-])(httpx|httpcore)\b(?!-)")
"""Not within the name of another package, such as `pytest-httpx`."""

UNCHANGED = re.compile(r"generated/|tests/spec/contract/(?!test_live_table)")
"""The generator's own output, and its tests, stay with httpx until the generator moves."""

_HOST = "tests/unit/decoding/test_redirects.py::test_a_redirect_to_a_host_that_is_no_name"
_NO_NAME = "tests/client/configuration/test_base_url.py::test_what_is_no_http_url_is_refused"
ELSEWHERE = ("inventory/cluster", "repository/type_checking", "spec/drill", "spec/prism")
LEFT_OUT = {
    **{f"tests/{each}": "has a session of its own" for each in ELSEWHERE},
    **{
        f"{_NO_NAME}[{flavour}-{allowed}-https://xn--": "httpx2 leaves a malformed name as it is"
        for flavour in ("sync", "async")
        for allowed in (False, True)
    },
    _HOST: "httpx2 leaves a malformed name as it is",
    "tests/transport/connections/test_httpx2.py": "is about httpx2 beside httpx",
    "tests/transport/connections/test_mock_libraries.py": "respx and the like know httpx",
    "tests/transport/telemetry/test_spans.py": "OpenTelemetry's instrumentation is for httpx",
    "tests/testing/kit/test_cassettes.py": "vcrpy knows httpx",
    "tests/repository/test_readme.py::test_the_programs_run[testing.md-9]": "is about respx",
    "tests/repository/test_locks.py::test_each_requirement": "the lock has versions of httpx",
    "tests/repository/benchmarks/test_bench.py::test_what_a_candidate": "httpx2 needs no certifi",
}


def copy_to(folder: Path) -> None:
    """Write the files that git knows or would add, with the new names in each text."""
    shutil.rmtree(folder, ignore_errors=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).split("\0"):
        source, target = ROOT / name, folder / name
        if not source.is_file():  # deleted, or the end of the list
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
        if source.suffix in (".py", ".md", ".toml") and not UNCHANGED.match(name):
            target.write_text(moved(source.read_text(encoding="utf-8")), encoding="utf-8")
    arguments = [f"--{'deselect' if '::' in each else 'ignore'}={each}" for each in LEFT_OUT]
    (folder / "left-out.txt").write_text("\n".join(arguments) + "\n", encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "."]):  # tests ask git for the files
        subprocess.run(["git", *command], cwd=folder, check=True)


def moved(text: str) -> str:
    """A text with the new names."""
    for old, new in REQUIREMENTS.items():
        text = text.replace(old, new)
    return NAME.sub(r"\g<1>2", text)


if __name__ == "__main__":
    copy_to(Path(sys.argv[1]))
