"""Which error ends with which code, and what is said of it."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from cli.shell import VALUE, Shell

from paperspace_projects import errors
from paperspace_projects.cli.errors import Exit, exit_for, exit_for_all
from paperspace_projects.testing import Fault, FaultPlan

CODES = {
    "PaperspaceError": 1,
    "ConfigurationError": 4,
    "ClientClosedError": 1,
    "InvalidArgumentError": 2,
    "AmbiguousNameError": 5,
    "DesiredStateError": 2,
    "SecretReferenceError": 1,
    "StalePlanError": 5,
    "PaginationError": 1,
    "APIError": 1,
    "APIConnectionError": 1,
    "APITimeoutError": 1,
    "DeadlineExceededError": 1,
    "OutcomeUnknownError": 6,
    "OutcomeUnknownStatusError": 6,
    "OutcomeUnknownServerError": 6,
    "OutcomeUnknownConflictError": 6,
    "OutcomeUnknownNotFoundError": 6,
    "ExecutorError": 1,
    "ResponseError": 1,
    "APIStatusError": 1,
    "BadRequestError": 1,
    "AuthenticationError": 4,
    "PermissionDeniedError": 4,
    "NotFoundError": 3,
    "ConflictError": 5,
    "RateLimitError": 1,
    "ServerError": 1,
}


def test_the_table_has_every_error() -> None:
    classes = {
        name
        for name, value in vars(errors).items()
        if inspect.isclass(value) and issubclass(value, errors.PaperspaceError)
    }
    assert set(CODES) == classes


@pytest.mark.parametrize(("name", "code"), CODES.items())
def test_an_error_ends_with_its_code(name: str, code: int) -> None:
    kind: type[errors.PaperspaceError] = getattr(errors, name)
    assert exit_for(kind.__new__(kind)) == code


@pytest.mark.parametrize(
    ("codes", "any_done", "code"),
    [
        ([], True, Exit.DONE),
        ([], False, Exit.DONE),
        ([Exit.CONFLICT], True, Exit.PARTLY_FAILED),
        ([Exit.CONFLICT, Exit.CONFLICT], False, Exit.CONFLICT),
        ([Exit.CONFLICT, Exit.FAILED], False, Exit.FAILED),
    ],
)
def test_work_in_parts_ends_with_why_or_with_that_it_failed_in_part(
    codes: list[Exit], any_done: bool, code: Exit
) -> None:
    assert exit_for_all(codes, any_done=any_done) == code


def test_every_code_has_a_meaning() -> None:
    docs = Path(__file__).resolve().parents[2] / "docs" / "command-line.md"
    codes = re.findall(r"^\| (\d+) \| \S", docs.read_text(), flags=re.MULTILINE)
    assert [int(code) for code in codes] == list(Exit)


CALLS: list[Any] = [
    pytest.param(("projects", "get", "nope"), 3, "No such project", id="not-found"),
    pytest.param(("projects", "find", "nope"), 3, "no project is named 'nope'", id="no-such-name"),
    pytest.param(("tags", "add", "name:nope", "t"), 3, "no project is named", id="no-such-project"),
    pytest.param(("projects", "get", ".."), 2, "PROJECT must be an id", id="dot-segment"),
    pytest.param(("projects", "get"), 2, "Missing argument 'PROJECT'", id="too-few"),
    pytest.param(("projects", "lst"), 2, "Did you mean 'list'?", id="no-such-command"),
    pytest.param(("projects", "list", "-o", "xml"), 2, "'xml' is not one of", id="no-such-format"),
    pytest.param(("projects", "list", "--limit", "0"), 2, "'--limit': 0 is not in", id="no-limit"),
    pytest.param(("projects", "list", "--limit", f"1{'0' * 20}"), 2, "'--limit': 1", id="limit"),
    pytest.param(("projects", "list", "--order-by", ""), 2, "--order-by must be", id="order-by"),
    pytest.param(("projects", "list", "--page-size", "121"), 2, "--page-size must", id="page"),
    pytest.param(("projects", "list", "--timeout", "0"), 2, "--timeout must be", id="timeout"),
    pytest.param(("doctor", "--timeout", "nan"), 2, "--timeout must be", id="doctor-timeout"),
    pytest.param(("projects", "list", "--timeout", "1e300"), 2, "and up to 9223372036", id="long"),
    pytest.param(("projects", "list", "--fields", "nme"), 2, "did you mean name", id="field"),
    pytest.param(("projects", "list", "-o", "name", "--fields", "id"), 2, "-o name", id="name"),
    pytest.param(("projects", "update", "p"), 2, "nothing to update", id="no-update"),
    pytest.param(("activity", "p", "--since", "noon"), 2, "--since must be a time", id="time"),
    pytest.param(("activity", "p", "--since", "999999d"), 2, "--since must be a time", id="ago"),
    pytest.param(("activity", "p", "--until", "999999d"), 2, "--until must be a time", id="until"),
    pytest.param(("activity", "p", "-f", "--poll", "nan"), 2, "--poll must be", id="poll"),
    pytest.param(("activity", "p", "-f", "--limit", "1"), 2, "--follow has no end", id="end"),
    pytest.param(("activity", "p", "-f", "-o", "json"), 2, "-o jsonl", id="bracket"),
    pytest.param(("inventory", "--include", "tgs"), 2, "--include must be one of", id="include"),
    pytest.param(("inventory", "--concurrency", "0"), 2, "--concurrency must", id="concurrency"),
    pytest.param(("collaborators", "sync", "p", "u=x"), 2, "no role 'x'", id="role"),
    pytest.param(
        ("collaborators", "sync", "p", "u=admin", "u"), 2, "'u' is given twice", id="twice"
    ),
    pytest.param(("emulator", "--host", ""), 2, "--host must be an address", id="no-host"),
    pytest.param(("emulator", "--host", "\udcff"), 2, "--host must be an address", id="no-text"),
    pytest.param(("emulator", "--latency", "-1"), 2, "--latency must be a number", id="latency"),
    pytest.param(
        ("emulator", "--latency", "nan"), 2, "--latency must be a number", id="no-latency"
    ),
    pytest.param(("emulator", "--latency", "inf"), 2, "--latency must be a number", id="endless"),
    pytest.param(("emulator", "--faults", "2"), 2, "--faults must be a share", id="faults"),
    pytest.param(("emulator", "--faults", "nan"), 2, "--faults must be a share", id="no-faults"),
    pytest.param(("emulator", "--path", "no/such/file"), 2, "--path no/such/file: ", id="path"),
    pytest.param(("emulator", "--path", "."), 2, "--path .: the file cannot be", id="folder"),
    pytest.param(("emulator", "--api-key", ""), 2, "--api-key must be a key", id="empty-key"),
    pytest.param(("emulator", "--api-key", "a\nb"), 2, "--api-key must be a key", id="control-key"),
    pytest.param(("emulator", "--api-key", "a b"), 2, "--api-key must be a key", id="space-in-key"),
    pytest.param(
        ("emulator", "--api-key", "ключ"), 2, "--api-key must be a key", id="cyrillic-key"
    ),
    pytest.param(("--base-url", "ftp://x", "projects", "list"), 2, "--base-url must", id="url"),
    pytest.param(("--team", "x", "projects", "list"), 4, "has no key for team 'x'", id="team"),
    pytest.param(("--api-key-env", "NOPE", "projects", "list"), 4, "not the key", id="key-env"),
]


@pytest.mark.parametrize(("arguments", "code", "said"), CALLS)
def test_a_call_that_fails_says_why_in_two_lines_at_most(
    one_shell: Shell,
    arguments: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    done = one_shell.call(*arguments, code=code)
    assert said in done.err
    assert re.fullmatch(r"error: [^\n]+\n(hint: [^\n]+\n)?", done.err)
    assert done.out == ""


def test_a_wrong_key_is_told_apart(one_shell: Shell) -> None:
    done = one_shell.call("projects", "list", code=4, PAPERSPACE_API_KEY="wrong-key-qx")
    assert "401" in done.err
    assert "hint: `paperspace-projects doctor` shows which key is used" in done.err


def test_no_key_at_all_is_told_in_terms_of_options(one_shell: Shell) -> None:
    done = one_shell.call("projects", "list", code=4, PAPERSPACE_API_KEY="")
    assert "no API key: set PAPERSPACE_API_KEY" in done.err
    assert "--api-key-env" in done.err
    assert "api_key=" not in done.err


def test_several_keys_are_told_in_terms_of_options(one_shell: Shell) -> None:
    file = one_shell.folder / ".paperspace" / "credentials.toml"
    file.parent.mkdir()
    file.write_text("version = 1\n[keys]\na = 'kQXZ-a'\nb = 'kQXZ-b'\n")
    done = one_shell.call("projects", "list", code=4, PAPERSPACE_API_KEY="")
    assert "teams in it: a, b" in done.err
    assert "--team NAME" in done.err
    assert "team=" not in done.err
    assert "api_key" not in done.err


def test_plain_http_is_told_in_terms_of_options(one_shell: Shell) -> None:
    done = one_shell.call("--base-url", "http://a.test", "projects", "list", code=2)
    assert "--base-url is plain http to a.test" in done.err
    assert "--allow-insecure-http" in done.err
    assert "allow_insecure_http" not in done.err


def test_a_conflict(one_shell: Shell) -> None:
    project = one_shell.project()
    one_shell.call("tags", "add", project, "t")
    assert "409" in one_shell.call("tags", "add", project, "t", code=5).err


def test_a_name_that_two_projects_have(one_shell: Shell) -> None:
    ids = [one_shell.project("twin") for _ in range(2)]
    said = one_shell.call("projects", "get", "name:twin", code=5).err
    assert all(each in said for each in ids)


def test_an_outcome_that_is_unknown(shell: Shell) -> None:
    shell.emulator.faults = FaultPlan.script([Fault.drop(when="after")], only=["createProject"])
    done = shell.run("projects", "create", "perhaps", code=6)
    assert "hint: `paperspace-projects projects find NAME` shows the current state" in done.err
    assert len(shell.run("projects", "find", "perhaps", "-o", "name").lines) == 1
    shell.client.projects.delete(shell.client.projects.find("perhaps").id)  # type: ignore[union-attr]


def test_a_server_that_is_not_there(one_shell: Shell) -> None:
    done = one_shell.run("projects", "list", "--base-url", "http://127.0.0.1:9", "-v", code=1)
    *attempts, error, hint = done.err.splitlines()
    assert len(attempts) == 4
    assert all(re.fullmatch(r"GET /projects.*: APIConnectionError, .*", each) for each in attempts)
    assert re.search(r"; again in \d\.\d s$", attempts[0])
    assert error.startswith("error: listProjects: the server could not be reached")
    assert "(base URL http://127.0.0.1:9) [GET /projects, 4 attempts]" in error
    assert "doctor" in hint


def test_a_file_that_is_no_database_is_told(one_shell: Shell) -> None:
    (one_shell.folder / "text").write_text("this is no database" * 100)
    done = one_shell.run("emulator", "--port", "0", "--path", "text", code=2)
    assert done.err == "error: --path text: the file cannot be used: file is not a database\n"


HTTPS = ("--base-url", "https://api.test/v1", "--deadline", "0.5")


@pytest.mark.parametrize("command", [("projects", "list"), ("inventory", "p"), ("doctor",)])
def test_a_proxy_that_is_not_there_is_named(one_shell: Shell, command: tuple[str, ...]) -> None:
    proxy = "http://user:QXZ-password@127.0.0.1:9"
    done = one_shell.run(*HTTPS, *command, code=1, HTTPS_PROXY=proxy)
    said = "HTTPS_PROXY sends requests through a proxy (127.0.0.1:9): check that"
    assert said in done.err


@pytest.mark.parametrize(
    ("proxy", "command"),
    [
        ("http://[::1", ("projects", "list")),
        ("ftp://127.0.0.1:9", ("inventory", "p")),
        ("http://user:QXZ/rest@host", ("projects", "list")),
        ("http://user:12/QXZ@host", ("projects", "list")),
        ("ftp://127.0.0.1:9", ("doctor",)),
        ("socks5://127.0.0.1:9", ("doctor",)),
        ("http://user:QXZ/rest@host", ("doctor",)),
    ],
)
def test_a_proxy_that_is_none_is_named_and_no_key_blamed(
    one_shell: Shell, command: tuple[str, ...], proxy: str
) -> None:
    code = 1 if command == ("doctor",) or "12/" in proxy else 2  # that is port 12 of `user`
    done = one_shell.run(*HTTPS, *command, code=code, HTTPS_PROXY=proxy)
    assert "HTTPS_PROXY sends requests through a proxy" in done.err
    assert "--api-key-env" not in done.err
    assert "Traceback" not in done.err


def test_a_proxy_for_others_is_not_named(one_shell: Shell) -> None:
    elsewhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}
    arguments = ("--base-url", "http://127.0.0.1:9", "projects", "list", "--deadline", "0.5")
    done = one_shell.run(*arguments, code=1, NO_PROXY="127.0.0.1", **elsewhere)
    assert "proxy" not in done.err.lower()


def test_a_project_that_cannot_be_read_makes_it_a_part(one_shell: Shell) -> None:
    project = one_shell.project("there")
    done = one_shell.run("inventory", project, "nope", "-o", "jsonl", "--in-order", code=7)
    assert [("error" in line) for line in done.lines] == [False, True]
    assert done.err == "error: 2 projects read, 1 of them failed\n"
    named = one_shell.run("inventory", "nope", "-o", "name", code=3)
    assert named.out == ""
    assert re.match("error: nope: .* 404 ", named.err)


def test_a_mistake_of_the_program_is_no_traceback(
    one_shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise LookupError(VALUE)

    monkeypatch.setattr("paperspace_projects.cli.output.results.ResultWriter.write_listing", broken)
    done = one_shell.call("projects", "list", code=1)
    assert done.err.splitlines() == [
        "error: LookupError in paperspace-projects itself, which is a bug",
        "hint: --debug shows where",
    ]


def test_debug_shows_the_traceback_and_then_the_error(one_shell: Shell) -> None:
    done = one_shell.call("projects", "get", "nope", "--debug", code=3)
    assert done.err.startswith("Traceback (most recent call last):")
    assert done.err.splitlines()[-2].startswith("error: getProject: 404")


def test_a_file_that_is_wrong_is_told_with_its_place(one_shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "wrong.yaml").write_text("version: 1\nprojects:\n- nme: vision\n")
    done = one_shell.call("plan", "wrong.yaml", code=2)
    assert "wrong.yaml:3:3: projects[0].nme: unknown key: did you mean name?" in done.err
