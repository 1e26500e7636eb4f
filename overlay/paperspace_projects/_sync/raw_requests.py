# Derived from _async/raw_requests.py by `nox -s generate`: change that one.
"""The calls of a client for paths that the contract does not have, and what came back of calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar, overload

from .._security.secret_str import SECRET_KEYS
from ..events import ResponseInfo
from .pager import Pager
from .session import Session

if TYPE_CHECKING:
    from .._api.raw_request import JSONValue, Method, QueryValue, Repeat

T = TypeVar("T")


class RawRequests:
    """The part of a client that sends what the contract does not have, and shows what came."""

    _session: Session

    def responses(self) -> AbstractContextManager[list[ResponseInfo]]:
        """Collect the status, the headers and the attempts of each call.

        Use it in a `with` statement: the list gets a `ResponseInfo` for each call that this client,
        or a copy by `with_options`, makes in the body, once the call has ended, with an error or
        without. Only calls of the thread or task that entered it count, with the pages that are
        prefetched for it; those of an inventory's workers do not. A listing has one for each page.

        Example: `with client.responses() as responses: scope.get()`
        """
        from .responses import collecting

        return collecting(self._session.pools.collectors)

    @overload
    def request(
        self,
        method: Method,
        route: str,
        /,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        json: JSONValue = None,
        idempotency: Repeat | None = None,
        secret_keys: Collection[str] = SECRET_KEYS,
        response_type: None = None,
    ) -> JSONValue: ...
    @overload
    def request(
        self,
        method: Method,
        route: str,
        /,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        json: JSONValue = None,
        idempotency: Repeat | None = None,
        secret_keys: Collection[str] = SECRET_KEYS,
        response_type: type[T],
    ) -> T: ...
    def request(
        self,
        method: Method,
        route: str,
        /,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        json: JSONValue = None,
        idempotency: Repeat | None = None,
        secret_keys: Collection[str] = SECRET_KEYS,
        response_type: type[T] | None = None,
    ) -> T | JSONValue:
        """Call a path that the contract does not have, such as `/projects/{id}/notebooks`.

        The call is guarded as all others are: the key goes to the base URL alone, each value of
        `path` is one segment, attempts and the deadline are the client's, errors and events are the
        same, with `GET /projects/{id}/notebooks` as their `operation`.

        Example: `tags = client.request("GET", "/projects/{id}/tags", path={"id": "p1"})`

        Args:
            method: `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
            route: The path below the base URL, with a name in braces for each value in it.
            path: The values of these names, which may hold any characters.
            query: The query; a list is sent as a repeated parameter, None is left out.
            json: The body; None sends none.
            idempotency: `read`: it changes nothing; `idempotent`: twice is the same as once: then
                it is sent again as reads and deletes are. `none`: it is not, once it may have been
                carried out; an `OutcomeUnknownError` says so. None: `read` for GET, else `none`.
            secret_keys: The keys of `json` at which secrets stand, in any depth and spelling, in
                place of `value`, `password` and `token`. They show in no error, log or answer.
            response_type: A `msgspec.Struct`, dataclass or TypedDict to convert the answer to.

        Returns:
            The JSON of the answer, or None if it has no body; or an instance of `response_type`.

        Raises:
            InvalidArgumentError: an argument is refused; nothing was sent.
            OutcomeUnknownError: a write may or may not have been carried out.
            ResponseError: the answer is no JSON, or does not fit `response_type`.
            APIError: the call failed.
        """
        from .._api.raw_request import hide, raw_request  # few programs need it

        body, json = hide(json, secret_keys), None  # first, so that no traceback holds a secret
        request = raw_request(
            method,
            route,
            path=path,
            query=query,
            json=body,
            idempotency=idempotency,
            response_type=response_type,
        )
        return self._session.call(request)

    @overload
    def request_pages(
        self,
        route: str,
        /,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        page_size: int | None = None,
        after: str | None = None,
        prefetch: int = 0,
        item_type: None = None,
    ) -> Pager[JSONValue]: ...
    @overload
    def request_pages(
        self,
        route: str,
        /,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        page_size: int | None = None,
        after: str | None = None,
        prefetch: int = 0,
        item_type: type[T],
    ) -> Pager[T]: ...
    def request_pages(
        self,
        route: str,
        /,
        *,
        path: Mapping[str, str] | None = None,
        query: Mapping[str, QueryValue] | None = None,
        page_size: int | None = None,
        after: str | None = None,
        prefetch: int = 0,
        item_type: type[T] | None = None,
    ) -> Pager[T] | Pager[JSONValue]:
        """List what the contract does not have, as GET requests of pages of the live server's form
        (`items`, `hasMore`, `nextPage`) or of an array, which is the whole list.

        Example: `first = client.request_pages("/projects", page_size=10).first()`

        Args:
            route, path, query: As in `request`.
            page_size: Items per page, 1 to 120, sent as `limit`; None leaves it to the server.
            after: A cursor to resume from (`next_cursor`).
            prefetch: 1 to fetch the next page while you use the current one.
            item_type: A `msgspec.Struct`, dataclass or TypedDict to convert each item to.

        Raises:
            InvalidArgumentError: an argument is refused; nothing was sent.
        """
        from .._api.raw_request import decoder, raw_request
        from .._pagination.list_requests import raw_list

        request = raw_request("GET", route, path=path, query=query, response_type=item_type)
        listed = raw_list(request, decoder(item_type), page_size, after)
        return Pager(self._session, listed, prefetch)
