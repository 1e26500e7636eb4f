"""`api` calls any path, follows pages, and takes no secret as an argument."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.shell import VALUE, Shell

covers = pytest.mark.covers


@covers("api")
def test_it_reads_and_writes(shell: Shell) -> None:
    project = shell.project("a name for api")
    read = shell.run("api", "GET", f"/projects/{project}").json()
    assert (read["id"], read["name"]) == (project, "a name for api")
    named = shell.run("api", "get", "/projects/name:a name for api", "-o", "jsonl")
    assert named.json() == read
    assert len(named.lines) == 1
    shell.run("api", "PUT", f"/projects/{project}", "-f", "name=another", "--idempotent")
    assert shell.client.projects.get(project).name == "another"
    shell.run("api", "POST", f"/projects/{project}/tags", "-f", "name=50")
    assert shell.client.project(project).tags.list().collect() == ["50"]
    shell.run("api", "DELETE", f"/projects/{project}/tags?name=50")
    assert shell.client.project(project).tags.list().collect() == []
    done = shell.run("api", "DELETE", f"/projects/{project}")
    assert done.out == "" or shell.dialect == "live"
    shell.run("api", "GET", f"/projects/{project}", code=3)


@covers("api")
def test_it_follows_pages(shell: Shell) -> None:
    ids = [shell.project() for _ in range(5)]
    query = ("-f", "order=desc", "-F", "limit=2")
    page = shell.run("api", "GET", "/projects", *query).json()
    assert [each["id"] for each in page["items"]] == [ids[4], ids[3]]
    done = shell.run("api", "GET", "/projects", *query, "--paginate", "-o", "jsonl")
    assert [json.loads(line)["id"] for line in done.lines[:5]] == ids[::-1]
    listed = shell.run("api", "GET", "/projects?order=desc", "--paginate").json()
    assert [each["id"] for each in listed[:5]] == ids[::-1]


@pytest.mark.parametrize("how", ["a file", "standard input", "a whole body"])
def test_a_secret_is_read_and_never_shown(shell: Shell, tmp_path: Path, how: str) -> None:
    project = shell.project()
    (tmp_path / "value.txt").write_text(f"{VALUE}\n")
    body = json.dumps({"name": "TOKEN", "value": VALUE})
    path, name = f"/projects/{project}/secrets", ("-f", "name=TOKEN")
    match how:
        case "a file":
            shell.run("api", "POST", path, *name, "-F", "value=@value.txt")
        case "standard input":
            shell.run("api", "POST", path, *name, "-F", "value=@-", stdin=f"{VALUE}\n")
        case _:
            shell.run("api", "POST", path, "--input", "-", "-v", stdin=body)
    assert shell.emulator.secret_is(project, "TOKEN", VALUE)


@pytest.mark.parametrize(
    "arguments",
    [
        *(("-f", f"value={VALUE}"), ("-F", f"Password={VALUE}"), ("-f", f"token=@{VALUE}")),
        *((f"value={VALUE}",), ("-f", VALUE), ("-F", f"={VALUE}"), ("-F", f"value=@{VALUE}")),
        *(("--input", VALUE), ("--input", "broken.json")),
    ],
)
def test_a_secret_that_is_an_argument_is_refused_and_not_shown(
    one_shell: Shell, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "broken.json").write_text(f'{{"value": "{VALUE}')
    done = one_shell.call("api", "POST", "/secrets", *arguments, code=2)
    assert done.err.startswith("error: ")
    assert one_shell.call("api", "POST", "/secrets", *arguments, "--debug", code=2).out == ""


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("LOOK", "/projects"), "METHOD must be one of GET"),
        (("GET", "projects"), "PATH must be a path below the base URL"),
        (("GET", "https://elsewhere.example/projects"), "PATH must be a path below the base URL"),
        (("GET", "//elsewhere.example/projects"), "PATH must be a path below the base URL"),
        (("GET", "/projects/../x"), "PATH must have an id or a word between its slashes"),
        (("GET", "/projects/%2e%2e/x"), "PATH must have an id or a word between its slashes"),
        (("GET", "/projects/{id}"), "PATH must have an id or a word between its slashes"),
        (("GET", "/projects/"), "PATH must have an id or a word between its slashes"),
        (("POST", "/projects", "--paginate"), "--paginate goes with GET"),
        (("POST", "/x", "--input", "-", "-f", "a=b"), "--input goes with no field"),
        (("GET", "/x", "--input", "-"), "--input goes with no field"),
        (("POST", "/x", "-f", "name"), "a field must be KEY=VALUE"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    one_shell: Shell, arguments: tuple[str, ...], what: str
) -> None:
    assert what in one_shell.call("api", *arguments, code=2).err


def test_fields_have_types_and_may_be_repeated(one_shell: Shell) -> None:
    fields = ("-f", "a=1", "-F", "b=1", "-F", "c=true", "-F", "d=null", "-f", "e=x", "-f", "e=y")
    body = {"a": "1", "b": 1, "c": True, "d": None, "e": ["x", "y"]}
    one_shell.call("api", "POST", "/x", *fields, "-F", "f=[1]", "-F", "g=1.5", code=3)
    (request,) = [each for each in one_shell.emulator.requests if each.path.endswith("/x")]
    assert request.json == body | {"f": "[1]", "g": 1.5}


def test_odd_ids_are_one_segment(one_shell: Shell) -> None:
    one_shell.call("api", "GET", "/projects/a%2Fb%3Fc/notebooks", code=3)
    assert one_shell.emulator.requests[-1].path.endswith("/projects/a%2Fb%3Fc/notebooks")
