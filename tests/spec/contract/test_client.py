"""The generated client classes: what they hand to httpx, and what they keep to themselves.

All operations go through them, so that the spec's server, security and media types do as well.
"""

from __future__ import annotations

import asyncio
import inspect
import ssl
from typing import Any, Self, get_type_hints

import attrs
import httpx
import pytest
from spec.contract.spec import ROOT
from spec.contract.verdict import code_place

from paperspace_projects_api.client import AuthenticatedClient, Client

URL = "https://example.invalid/base"
FLAVOURS = ("httpx", "async_httpx")
CLASSES = pytest.mark.parametrize("cls", [Client, AuthenticatedClient])
FLAVOUR = pytest.mark.parametrize("flavour", FLAVOURS)
DEFAULTS: dict[str, Any] = {
    "base_url": URL,
    "cookies": {},
    "headers": {},
    "timeout": None,
    "verify": True,
    "follow_redirects": False,
}
AUTHORIZED = {"Authorization": "Bearer token"}


def client_of(cls: type[Any], **options: Any) -> Any:
    if cls is AuthenticatedClient:
        options.setdefault("token", "token")
    return cls(base_url=URL, **options)


def get(client: Any, flavour: str) -> Any:
    return getattr(client, f"get_{flavour}_client")()


@pytest.fixture
def handed_on(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the constructors of httpx's clients are called with."""
    calls: list[dict[str, Any]] = []

    def recording(original: type[Any]) -> Any:
        def construct(**arguments: Any) -> Any:
            calls.append({"class": original, **arguments})
            return original(transport=httpx.MockTransport(lambda _: httpx.Response(204)))

        return construct

    monkeypatch.setattr(httpx, "Client", recording(httpx.Client))
    monkeypatch.setattr(httpx, "AsyncClient", recording(httpx.AsyncClient))
    return calls


@CLASSES
@FLAVOUR
def test_httpx_gets_what_the_client_was_given(
    cls: type[Any], flavour: str, handed_on: list[dict[str, Any]]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client = client_of(
        cls,
        cookies={"c": "1"},
        headers={"h": "2"},
        timeout=httpx.Timeout(3),
        verify_ssl=context,
        follow_redirects=True,
        httpx_args={"http2": "x", "trust_env": "y"},
    )
    made = get(client, flavour)
    assert get(client, flavour) is made, f"{code_place(cls)}: a second httpx client is made"
    (call,) = handed_on
    assert call == {
        "class": type(made),
        "base_url": URL,
        "cookies": {"c": "1"},
        "headers": {"h": "2", **(AUTHORIZED if cls is AuthenticatedClient else {})},
        "timeout": httpx.Timeout(3),
        "verify": context,
        "follow_redirects": True,
        "http2": "x",
        "trust_env": "y",
    }, f"{code_place(cls)}: httpx is not given what the client was"
    assert type(made).__name__ == ("AsyncClient" if "async" in flavour else "Client"), (
        f"{code_place(cls)}: get_{flavour}_client() gives a {type(made).__name__}"
    )


@CLASSES
@FLAVOUR
def test_the_defaults_follow_no_redirect_and_check_certificates(
    cls: type[Any], flavour: str, handed_on: list[dict[str, Any]]
) -> None:
    made = get(client_of(cls), flavour)
    (call,) = handed_on
    headers = AUTHORIZED if cls is AuthenticatedClient else {}
    assert call == {"class": type(made), **DEFAULTS, "headers": headers}, code_place(cls)


@FLAVOUR
def test_the_token_goes_into_the_header_that_the_security_scheme_names(flavour: str) -> None:
    scheme = ROOT.at("components", "securitySchemes", "bearerAuth")
    made = get(AuthenticatedClient(base_url=URL, token="secret"), flavour)
    assert made.headers.get_list("authorization") == ["Bearer secret"], (
        f"{code_place(AuthenticatedClient)}: {made.headers!r}, {scheme}/scheme is {scheme.value}"
    )
    other = AuthenticatedClient(base_url=URL, token="secret", prefix="", auth_header_name="X-Key")
    assert get(other, flavour).headers["X-Key"] == "secret"
    assert "authorization" not in get(other, flavour).headers


def test_the_token_does_not_get_into_a_client_without_one() -> None:
    assert "authorization" not in get(Client(base_url=URL), "httpx").headers


@CLASSES
def test_the_arguments_of_a_client(cls: type[Any]) -> None:
    found = {
        each.name: (each.default, each.kind)
        for each in inspect.signature(cls).parameters.values()
        if not isinstance(each.default, attrs.Factory)
    }
    place, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    empty, factory = inspect.Parameter.empty, attrs.NOTHING
    wanted: dict[str, Any] = {
        "base_url": (empty, place),
        "raise_on_unexpected_status": (False, keyword),
        "cookies": (factory, keyword),
        "headers": (factory, keyword),
        "timeout": (None, keyword),
        "verify_ssl": (True, keyword),
        "follow_redirects": (False, keyword),
        "httpx_args": (factory, keyword),
    }
    if cls is AuthenticatedClient:
        wanted |= {
            "token": (empty, place),
            "prefix": ("Bearer", place),
            "auth_header_name": ("Authorization", place),
        }
    assert found == wanted, code_place(cls)
    order = [name for name, (_, kind) in found.items() if kind is place]
    assert order == [name for name, (_, kind) in wanted.items() if kind is place], code_place(cls)
    factories = {
        each.alias for each in attrs.fields(cls) if isinstance(each.default, attrs.Factory)
    }
    assert factories == {"cookies", "headers", "httpx_args"}, code_place(cls)
    assert cls.__slots__, f"{code_place(cls)} has no slots"


CLIENT_TYPES: dict[str, Any] = {
    "raise_on_unexpected_status": bool,
    "_base_url": str,
    "_cookies": dict[str, str],
    "_headers": dict[str, str],
    "_timeout": httpx.Timeout | None,
    "_verify_ssl": str | bool | ssl.SSLContext,
    "_follow_redirects": bool,
    "_httpx_args": dict[str, Any],
    "_client": httpx.Client | None,
    "_async_client": httpx.AsyncClient | None,
}
TOKEN_TYPES = {"token": str, "prefix": str, "auth_header_name": str}


@CLASSES
def test_the_types_of_a_client(cls: type[Any]) -> None:
    wanted = CLIENT_TYPES | (TOKEN_TYPES if cls is AuthenticatedClient else {})
    assert get_type_hints(cls) == wanted, code_place(cls)
    nothing = type(None)
    exit_types = {"args": object, "kwargs": Any, "return": nothing}
    methods: dict[str, Any] = {
        "with_headers": {"headers": dict[str, str], "return": cls},
        "with_cookies": {"cookies": dict[str, str], "return": cls},
        "with_timeout": {"timeout": httpx.Timeout, "return": cls},
        "set_httpx_client": {"client": httpx.Client, "return": Self},
        "get_httpx_client": {"return": httpx.Client},
        "set_async_httpx_client": {"async_client": httpx.AsyncClient, "return": Self},
        "get_async_httpx_client": {"return": httpx.AsyncClient},
        "__enter__": {"return": Self},
        "__aenter__": {"return": Self},
        "__exit__": exit_types,
        "__aexit__": exit_types,
    }
    for name, types in methods.items():
        function = getattr(cls, name)
        assert get_type_hints(function) == types, code_place(function)
        defaults = {each.default for each in inspect.signature(function).parameters.values()}
        assert defaults == {inspect.Parameter.empty}, code_place(function)
        assert inspect.iscoroutinefunction(function) == name.startswith("__a"), code_place(function)


@CLASSES
def test_two_clients_share_nothing(cls: type[Any]) -> None:
    one, two = client_of(cls), client_of(cls)
    for name in ("_headers", "_cookies", "_httpx_args"):
        assert getattr(one, name) is not getattr(two, name), f"{code_place(cls)}.{name}"
    assert client_of(cls) == client_of(cls), code_place(cls)
    assert client_of(cls) != client_of(cls, timeout=httpx.Timeout(1)), code_place(cls)


@CLASSES
@pytest.mark.parametrize("made", [(), ("httpx",), ("async_httpx",), FLAVOURS], ids=str)
def test_a_changed_copy_also_changes_the_httpx_clients_there_are(
    cls: type[Any], made: tuple[str, ...]
) -> None:
    headers, cookies = {"a": "1", "kept": "1"}, {"c": "1", "kept": "1"}
    client = client_of(cls, headers={**headers}, cookies={**cookies}, timeout=httpx.Timeout(1))
    clients = [get(client, flavour) for flavour in made]
    headed = client.with_headers({"b": "2", "a": "3"})
    baked = client.with_cookies({"d": "2", "c": "3"})
    timed = client.with_timeout(httpx.Timeout(9))
    for copy in (headed, baked, timed):
        assert type(copy) is cls, code_place(cls)
        assert copy is not client, code_place(cls)
        assert copy._base_url == URL, code_place(cls)
    authorized = AUTHORIZED if made and cls is AuthenticatedClient else {}
    assert headed._headers == {**headers, "a": "3", "b": "2", **authorized}, code_place(
        cls.with_headers
    )
    assert baked._cookies == {**cookies, "c": "3", "d": "2"}, code_place(cls.with_cookies)
    assert timed._timeout == httpx.Timeout(9), code_place(cls.with_timeout)
    assert client._headers == {**headers, **authorized}, code_place(cls.with_headers)
    assert client._cookies == cookies, code_place(cls.with_cookies)
    assert client._timeout == httpx.Timeout(1), code_place(cls.with_timeout)
    for each in clients:
        assert (each.headers["a"], each.headers["b"]) == ("3", "2"), code_place(cls.with_headers)
        assert dict(each.cookies) == {**cookies, "c": "3", "d": "2"}, code_place(cls.with_cookies)
        assert each.timeout == httpx.Timeout(9), code_place(cls.with_timeout)
    for flavour in set(FLAVOURS) - set(made):
        assert getattr(client, "_async_client" if "async" in flavour else "_client") is None


@CLASSES
def test_an_httpx_client_of_ones_own_is_used_as_it_is(cls: type[Any]) -> None:
    client = client_of(cls)
    own, own_async = httpx.Client(), httpx.AsyncClient()
    assert client.set_httpx_client(own) is client, code_place(cls.set_httpx_client)
    assert client.set_async_httpx_client(own_async) is client, code_place(cls)
    assert client.get_httpx_client() is own, code_place(cls.get_httpx_client)
    assert client.get_async_httpx_client() is own_async, code_place(cls.get_async_httpx_client)
    assert "authorization" not in own.headers, code_place(cls)


class Noting:
    """Stands in for an httpx client, and notes how it is entered and left."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def __enter__(self) -> None:
        self.calls.append("enter")

    def __exit__(self, *arguments: object, **more: object) -> None:
        self.calls.append((*arguments, more))

    async def __aenter__(self) -> None:
        self.calls.append("aenter")

    async def __aexit__(self, *arguments: object, **more: object) -> None:
        self.calls.append((*arguments, more))


@CLASSES
def test_a_client_enters_and_leaves_its_httpx_client(cls: type[Any]) -> None:
    client, noting = client_of(cls), Noting()
    client.set_httpx_client(noting)
    error = ValueError("as it happens")

    def use() -> None:
        with client as entered:
            assert entered is client, code_place(cls.__enter__)
            raise error

    with pytest.raises(ValueError, match="as it happens"):
        use()
    assert noting.calls[0] == "enter", code_place(cls.__enter__)
    assert noting.calls[1][:2] == (ValueError, error), code_place(cls.__exit__)
    client.__exit__(None, None, None, more=1)
    assert noting.calls[2] == (None, None, None, {"more": 1}), code_place(cls.__exit__)


@CLASSES
def test_a_client_enters_and_leaves_its_async_httpx_client(cls: type[Any]) -> None:
    client, noting = client_of(cls), Noting()
    client.set_async_httpx_client(noting)
    error = ValueError("as it happens")

    async def use() -> None:
        async with client as entered:
            assert entered is client, code_place(cls.__aenter__)
            raise error

    with pytest.raises(ValueError, match="as it happens"):
        asyncio.run(use())
    assert noting.calls[0] == "aenter", code_place(cls.__aenter__)
    assert noting.calls[1][:2] == (ValueError, error), code_place(cls.__aexit__)
    asyncio.run(client.__aexit__(None, None, None, more=1))
    assert noting.calls[2] == (None, None, None, {"more": 1}), code_place(cls.__aexit__)
