"""The README and docs/ are true: programs run, commands are what CI runs, tables are complete."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import httpx
import pytest

from paperspace_projects import Client, PaperspaceError, errors

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks_of(page: str) -> list[tuple[str, str]]:
    """The blocks of code of a page, each with its language."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)


BLOCKS = blocks_of(README)
PROGRAMS = [
    pytest.param(text, id=f"{page.name}-{number}")
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md")))
    for number, (language, text) in enumerate(blocks_of(page.read_text(encoding="utf-8")))
    # Those that need Dask or frames are run by tests/inventory/cluster.
    if language == "python" and not re.search(r"^(import|from) (dask|polars)\b", text, re.MULTILINE)
]
COMMANDS = [text.strip() for language, text in BLOCKS if language == "sh"]
SERVE = "python -m paperspace_projects.testing"


def test_every_block_is_of_a_kind_that_is_run() -> None:
    assert {language for language, _ in BLOCKS} == {"python", "sh", "toml", "console", "text"}


def test_it_is_read_in_a_few_minutes() -> None:
    assert len(README.splitlines()) <= 150


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_programs_run(program: str, tmp_path: Path) -> None:
    file = tmp_path / "program.py"
    file.write_text(program, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(file)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env={**os.environ, "PYTEST_ADDOPTS": "-p no:asyncio"},  # it warns of its own settings
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_credentials_file_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (text,) = (text for language, text in BLOCKS if language == "toml")
    assert tomllib.loads(text)["version"] == 1
    folder = tmp_path / ".paperspace"
    folder.mkdir()
    (folder / "credentials.toml").write_text(text.replace("its API key", "key-of-my-team"))
    monkeypatch.setenv("HOME", str(tmp_path))
    keys: list[str] = []

    def server(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["authorization"])
        return httpx.Response(200, json={"items": []})

    for options in ({}, {"team": "my-team"}):
        with Client(transport=httpx.MockTransport(server), **options) as client:
            client.projects.list().collect()
    assert keys == ["Bearer key-of-my-team"] * 2


def test_the_server_command_serves(tmp_path: Path) -> None:
    (command,) = (text for text in COMMANDS if text.startswith(SERVE))
    arguments = command.split()[1:]
    arguments[arguments.index("--port") + 1] = "0"
    process = subprocess.Popen(
        [sys.executable, "-u", *arguments], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert process.stdout is not None
    try:
        url = next(
            match[0] for line in process.stdout if (match := re.search(r"http://\S+/v1", line))
        )
        assert httpx.get(f"{url}/projects").status_code == 401
    finally:
        process.terminate()
        process.communicate(timeout=10)


def test_the_other_commands_are_run_by_ci() -> None:
    others = [text for text in COMMANDS if not text.startswith(SERVE)]
    assert others == [
        "pip install .",
        "pip install nox && nox -s demo",
        "pip install nox && nox -s tests",
        "nox -s generate",
    ]
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "README.md" in script, "CI takes the commands from the README itself"


def test_the_table_of_errors_names_each_class_and_its_status() -> None:
    page = (ROOT / "docs" / "guides" / "errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+Error)` \| .*? \| (\d+)?.*? \| .*? ?\|$", page, flags=re.MULTILINE)
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, PaperspaceError)
    }
    assert {name for name, _ in rows} == classes
    for status, error in errors.BY_STATUS.items():
        assert (error.__name__, str(status)) in rows
