"""Where the key and the base URL come from: arguments, then the environment, then the file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.driving import Driver
from support.servers import Script, json, project

from paperspace_projects import ConfigurationError, InvalidArgumentError
from paperspace_projects.config import DEFAULT_BASE_URL

KEY_VARIABLE = "PAPERSPACE_API_KEY"
URL_VARIABLE = "PAPERSPACE_API_URL"
ONE = 'version = 1\n[keys]\nmain = "file-key"\n'
TWO = 'version = 1\n[keys]\nmain = "main-key"\nother = "other-key"\n'


@pytest.fixture
def write_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes the credentials file of a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))

    def write(text: str | bytes) -> Path:
        path = tmp_path / ".paperspace" / "credentials.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def key_sent(drive: Driver, **options: Any) -> str:
    """The key that goes out with a request."""
    server = Script(json(project()))
    options.setdefault("api_key", None)
    drive(drive.client(server, **options).projects.get("p1"))
    scheme, _, key = server.requests[0].headers["authorization"].partition(" ")
    assert scheme == "Bearer"
    return key


def url_sent(drive: Driver, **options: Any) -> str:
    server = Script(json(project()))
    drive(drive.client(server, **options).projects.get("p1"))
    return str(server.requests[0].url)


def test_an_argument_comes_first(
    drive: Driver, monkeypatch: pytest.MonkeyPatch, write_file: Any
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "environment-key")
    write_file(ONE)
    assert key_sent(drive, api_key="argument-key") == "argument-key"


def test_the_environment_comes_before_the_file(
    drive: Driver, monkeypatch: pytest.MonkeyPatch, write_file: Any
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "environment-key")
    write_file(ONE)
    assert key_sent(drive) == "environment-key"


def test_a_team_comes_before_the_environment(
    drive: Driver, monkeypatch: pytest.MonkeyPatch, write_file: Any
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "environment-key")
    write_file(TWO)
    assert key_sent(drive, team="other") == "other-key"
    assert key_sent(drive, team="main") == "main-key"


def test_the_only_key_of_the_file_needs_no_team(drive: Driver, write_file: Any) -> None:
    write_file(ONE)
    assert key_sent(drive) == "file-key"


def test_a_file_without_a_version_is_read(drive: Driver, write_file: Any) -> None:
    write_file('[keys]\nmain = "file-key"\n')
    assert key_sent(drive) == "file-key"


def test_an_empty_variable_is_as_none(
    drive: Driver, monkeypatch: pytest.MonkeyPatch, write_file: Any
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "")
    monkeypatch.setenv(URL_VARIABLE, "")
    write_file(ONE)
    assert key_sent(drive) == "file-key"
    assert url_sent(drive) == f"{DEFAULT_BASE_URL}/projects/p1"


def test_a_broken_file_does_not_matter_when_it_is_not_needed(
    drive: Driver, write_file: Any
) -> None:
    write_file("][")
    assert key_sent(drive, api_key="argument-key") == "argument-key"


def refusal(drive: Driver, **options: Any) -> str:
    options.setdefault("api_key", None)
    with pytest.raises(ConfigurationError) as caught:
        drive.client(**options)
    return str(caught.value)


@pytest.mark.usefixtures("write_file")
def test_no_key_anywhere_names_the_three_places(drive: Driver) -> None:
    text = refusal(drive)
    for place in ("api_key", KEY_VARIABLE, "~/.paperspace/credentials.toml"):
        assert place in text


def test_two_keys_are_no_choice(drive: Driver, write_file: Any) -> None:
    write_file(TWO)
    text = refusal(drive)
    for part in ("main", "other", "team=", "api_key", KEY_VARIABLE):
        assert part in text


@pytest.mark.parametrize("text", ["", "version = 1\n", "version = 1\n[keys]\n"])
def test_a_file_without_keys_is_as_no_key(drive: Driver, write_file: Any, text: str) -> None:
    write_file(text)
    message = refusal(drive)
    for place in ("api_key", KEY_VARIABLE, "credentials.toml"):
        assert place in message


def test_a_team_that_is_not_in_the_file_is_refused_with_those_that_are(
    drive: Driver, write_file: Any
) -> None:
    write_file(TWO)
    text = refusal(drive, team="third")
    for part in ("third", "main", "other"):
        assert part in text


def test_a_team_without_a_file_is_refused_even_with_a_key_in_the_environment(
    drive: Driver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    monkeypatch.setenv(KEY_VARIABLE, "environment-key")
    assert "main" in refusal(drive, team="main")


@pytest.mark.parametrize("team", [5, ["main"], {"main": 1}, b"main", ""])
def test_a_team_that_is_no_name_is_refused(drive: Driver, write_file: Any, team: Any) -> None:
    write_file(TWO)
    with pytest.raises(InvalidArgumentError, match="team"):
        drive.client(api_key=None, team=team)


def test_a_key_and_a_team_together_are_refused(drive: Driver, write_file: Any) -> None:
    write_file(ONE)
    text = refusal(drive, api_key="argument-key", team="main")
    assert "api_key" in text
    assert "team" in text


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("][", "TOML"),
        (b"\xff\xfe", "TOML"),
        ('version = 2\n[keys]\nmain = "k"\n', "version"),
        ('version = "1"\n[keys]\nmain = "k"\n', "version"),
        ("keys = 5\n", "table"),
        ("[keys]\nmain = 5\n", "cannot be sent"),
        ('[keys]\nmain = ""\n', "cannot be sent"),
        ('[keys]\nmain = "a b"\n', "cannot be sent"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_is_wrong(
    drive: Driver, write_file: Any, content: str | bytes, part: str
) -> None:
    write_file(content)
    text = refusal(drive)
    assert "~/.paperspace/credentials.toml" in text
    assert part in text


def test_a_file_that_cannot_be_read_says_so(drive: Driver, write_file: Any) -> None:
    path = write_file("")
    path.unlink()
    path.mkdir()
    assert "cannot be read" in refusal(drive)


@pytest.mark.parametrize("key", ["", " ", "a b", "a\n", "a\r\nX: y", "kéy", "a\x7f", "a\0"])
def test_a_key_that_a_header_cannot_carry_is_refused(drive: Driver, key: str) -> None:
    text = refusal(drive, api_key=key)
    assert "api_key" in text
    assert "printable ASCII" in text


@pytest.mark.parametrize("key", [b"bytes", 5, ["key"], object()])
def test_a_key_that_is_no_text_is_refused_as_such(drive: Driver, key: Any) -> None:
    assert "api_key" in refusal(drive, api_key=key)


@pytest.mark.parametrize("key", ["k", "x" * 5000, "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"])
def test_any_printable_ascii_is_a_key(drive: Driver, key: str) -> None:
    assert key_sent(drive, api_key=key) == key


def test_the_url_of_the_spec_is_the_default(drive: Driver) -> None:
    assert url_sent(drive) == f"{DEFAULT_BASE_URL}/projects/p1"


def test_the_url_may_come_from_the_environment_and_an_argument_comes_first(
    drive: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, "https://environment.example/v2")
    assert url_sent(drive) == "https://environment.example/v2/projects/p1"
    argument = "https://argument.example"
    assert url_sent(drive, base_url=argument) == "https://argument.example/projects/p1"


def test_a_bad_url_of_the_environment_is_named(
    drive: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(URL_VARIABLE, "http://example.com")
    assert URL_VARIABLE in refusal(drive, api_key="key")
