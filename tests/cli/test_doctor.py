"""`doctor` says what is used, where it is from and whether it works; it works without a key."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any

import pytest
from cli.shell import KEY, Shell

from paperspace_projects.cli.commands.doctor import check_clock, check_dialect, masked
from paperspace_projects.models import Project
from paperspace_projects.testing import Fault, FaultPlan

NOW = 1_800_000_000.0


def found(done: Any) -> dict[str, Any]:
    return {each["check"]: each for each in done.json()}


@pytest.fixture
def credentials(one_shell: Shell) -> None:
    file = one_shell.folder / ".paperspace" / "credentials.toml"
    file.parent.mkdir()
    file.write_text(f"version = 1\n[keys]\nmine = '{KEY}'\nother = 'kQXZ-other'\n")


def test_without_a_key_it_still_says_the_rest(one_shell: Shell) -> None:
    run = one_shell.call("doctor", "-o", "json", code=4, PAPERSPACE_API_KEY="")
    assert run.err.startswith("hint: key: --team NAME and --api-key-env VARIABLE")
    done = found(run)
    assert done["key"]["verdict"] == "failed"
    assert "no API key: set PAPERSPACE_API_KEY" in done["key"]["found"]
    assert "--api-key-env" in done["key"]["hint"]
    assert done["server"]["verdict"] == "ok"
    assert done["clock"]["verdict"] == "ok"
    assert done["access"]["verdict"] == "unknown"


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize(
    ("arguments", "env", "source"),
    [
        (("--api-key-env", "MINE"), {"MINE": KEY}, "MINE"),
        (("--team", "mine"), {}, "team 'mine' of ~/.paperspace/credentials.toml"),
        ((), {"PAPERSPACE_API_KEY": KEY}, "PAPERSPACE_API_KEY"),
    ],
)
def test_the_first_source_counts(
    one_shell: Shell, arguments: tuple[str, ...], env: dict[str, str], source: str
) -> None:
    env = {"PAPERSPACE_API_KEY": "" if not arguments else "kQXZ of the environment", **env}
    done = found(one_shell.call(*arguments, "doctor", "-o", "json", **env))
    assert done["key"]["found"] == f"**********last, from {source}"
    assert done["key 4: credentials file"]["found"].endswith("toml: teams: mine, other")
    assert done["access"]["verdict"] == "ok"


def test_where_the_server_is_from(one_shell: Shell) -> None:
    url = one_shell.env["PAPERSPACE_API_URL"]
    done = found(one_shell.call("doctor", "-o", "json"))
    assert done["base URL"]["found"] == f"{url}, from PAPERSPACE_API_URL"
    done = found(one_shell.call("doctor", "-o", "json", "--base-url", f"{url}/"))
    assert done["base URL"]["found"] == f"{url}, from --base-url"


def test_a_key_that_is_not_accepted(one_shell: Shell) -> None:
    done = found(one_shell.call("doctor", "-o", "json", code=4, PAPERSPACE_API_KEY="short"))
    assert done["key"]["found"] == "**********, from PAPERSPACE_API_KEY"
    assert "401" in done["access"]["found"]


def test_a_server_that_is_not_reached(one_shell: Shell) -> None:
    nowhere = ("--base-url", "http://127.0.0.1:9/v1")
    done = found(one_shell.call("doctor", "-o", "json", *nowhere, code=1))
    assert done["server"]["found"].startswith("not reached: ")
    assert {done[name]["verdict"] for name in ("clock", "access")} == {"unknown"}


def test_a_base_url_that_cannot_be_used(one_shell: Shell) -> None:
    url = "https://user:kQXZ-password@api.test"
    done = found(one_shell.call("doctor", "-o", "json", code=2, PAPERSPACE_API_URL=url))
    assert done["base URL"]["verdict"] == "failed"
    assert "server" not in done


def test_a_server_that_fails(one_shell: Shell) -> None:
    one_shell.emulator.faults = FaultPlan.script([None, Fault.status(503)])
    done = found(one_shell.call("doctor", "-o", "json", code=1))
    assert "503" in done["access"]["found"]
    assert done["dialect"]["verdict"] == "unknown"


def test_it_is_a_table_on_a_terminal(one_shell: Shell) -> None:
    shown = one_shell.shown(one_shell.terminal("doctor", NO_COLOR="1"))
    head, *rows = shown.splitlines()
    assert head.split() == ["CHECK", "VERDICT", "FOUND"]
    assert any(row.startswith("access") and "the key is accepted" in row for row in rows)


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("k" * 12 + "last", "**********last"),
        ("k" * 11 + "last", "**********"),
        ("", "**********"),
    ],
)
def test_a_key_shows_its_end_if_it_is_long_enough(key: str, shown: str) -> None:
    assert masked(key) == shown


@pytest.mark.parametrize(
    ("ahead", "verdict", "said"),
    [
        (0.0, "ok", "within 1 s of the server's"),
        (12.0, "ok", "within 12 s"),
        (95.0, "warning", "this machine's is 95 s ahead of the server's"),
        (-3600.0, "warning", "this machine's is 3600 s behind the server's"),
    ],
)
def test_clocks_are_compared(ahead: float, verdict: str, said: str) -> None:
    check = check_clock(formatdate(NOW, usegmt=True), NOW + 0.5 + ahead)
    assert check.verdict == verdict
    assert said in check.found


@pytest.mark.parametrize("date", [None, "", "yesterday"])
def test_a_server_without_a_clock(date: str | None) -> None:
    assert check_clock(date, NOW).verdict == "unknown"


@pytest.mark.parametrize(
    ("project", "said"),
    [
        (None, "there is no project to tell it from"),
        (Project(id="p", name="n", repo_url="https://github.example/r"), "live: "),
        (Project(id="p", name="n", extra={"dtDeleted": "lately"}), "live: "),
        (Project(id="p", name="n", dt_created=datetime(2026, 3, 18, tzinfo=UTC)), "live, as it"),
        (Project(id="p", name="n", team_id="t"), "contract"),
        (Project(id="p", name="n", description=""), "contract"),
        (Project(id="p", name="n"), "the project has no field"),
    ],
)
def test_a_project_tells_the_dialect(project: Project | None, said: str) -> None:
    assert check_dialect(project).found.startswith(said)
