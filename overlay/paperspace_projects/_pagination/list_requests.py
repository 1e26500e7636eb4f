"""The requests for the pages of each list of the API.

In the contract, the lists within a project are whole and take no query; the live server pages them
(docs/dialects.md). So their first request has no paging parameters unless the user sets them, and
a cursor is sent only after an answer that is a page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

import msgspec

from .._api import decoding, operations, validation
from .._api.decoding import WirePage
from .._api.generated import orders
from .._api.live_dialect import LIVE
from .._api.operations import ApiRequest, Operation, or_unset
from ..models import ActivityEvent, Project, Secret, Tag
from .event_feed import event_filter

if TYPE_CHECKING:
    from paperspace_projects_api.models import ListProjectsOrder

T = TypeVar("T")
PageFilter: TypeAlias = Callable[[tuple[T, ...]], tuple[tuple[T, ...], bool]]
"""Takes the items of a page; returns those to keep, and whether the walk can end there."""


class ListRequest(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """How to read a list: where to begin, and how to `fetch` the page after a cursor, if any.

    `identify` gives an item's id, for a list without cursors that continues after the id of its
    last item (contract: listProjectActivity); `full` is the length of a full page of such a list.
    `new_filter` makes the filter for one walk through the list.
    """

    operation: str
    fetch: Callable[[str | None], ApiRequest[WirePage[T]]]
    after: str | None = None
    identify: Callable[[T], str] | None = None
    full: int = 0
    new_filter: Callable[[], PageFilter[T]] | None = None


def projects(
    order_by: str | None, order: ListProjectsOrder | None, page_size: int | None, after: str | None
) -> ListRequest[Project]:
    """listProjects."""
    if page_size is not None:
        page_size = validation.page_size(page_size)
    if after is not None:
        after = validation.cursor("after", after)
    if order is not None:
        validation.one_of("order", order, orders())
    if order_by is not None:
        order_by = validation.name("order_by", order_by)

    def fetch(cursor: str | None) -> ApiRequest[WirePage[Project]]:
        return operations.LIST_PROJECTS(
            after=or_unset(cursor),
            limit=or_unset(page_size),
            order_by=or_unset(order_by),
            order=or_unset(order),
        )

    return ListRequest(operation=operations.LIST_PROJECTS.id, fetch=fetch, after=after)


def activity(
    project_id: str,
    event_type: str | None = None,
    since: datetime | str | None = None,
    until: datetime | str | None = None,
    *,
    page_size: int | None = None,
    after: str | None = None,
) -> ListRequest[ActivityEvent]:
    """listProjectActivity. The contract's answer has no cursor: only the length of a page tells
    whether more follows, so the limit is always sent."""
    limit = validation.page_size(page_size) or validation.MAX_PAGE_SIZE
    after = validation.cursor("after", after)
    start, end = validation.moment("since", since), validation.moment("until", until)
    if event_type is not None:
        event_type = validation.name("type", event_type)

    def fetch(cursor: str | None) -> ApiRequest[WirePage[ActivityEvent]]:
        return operations.LIST_ACTIVITY(
            project_id, type_=or_unset(event_type), after=or_unset(cursor), limit=limit
        )

    return ListRequest(
        operation=operations.LIST_ACTIVITY.id,
        fetch=fetch,
        after=after,
        identify=attrgetter("id"),
        full=limit,
        new_filter=lambda: event_filter(event_type, start, end),
    )


def sub_list(
    operation: Operation[[str], WirePage[T]],
    project_id: str,
    page_size: int | None = None,
    after: str | None = None,
) -> ListRequest[T]:
    """listProjectCollaborators, -Secrets, -Tags and -Models."""
    return _paged(lambda: operation(project_id), operation.id, page_size, after)


def _paged(
    request: Callable[[], ApiRequest[WirePage[T]]],
    operation: str,
    page_size: int | None,
    after: str | None,
) -> ListRequest[T]:
    page_size, after = validation.page_size(page_size), validation.cursor("after", after)
    cursor_name, size_name = LIVE["sub-list query: after"][0], LIVE["sub-list query: page_size"][0]

    def fetch(cursor: str | None) -> ApiRequest[WirePage[T]]:
        return request().with_query(**{cursor_name: cursor, size_name: page_size})

    return ListRequest(operation=operation, fetch=fetch, after=after)


def detailed_tags(
    project_id: str, page_size: int | None = None, after: str | None = None
) -> ListRequest[Tag]:
    """listProjectTags, each tag with its id and time where the server tells them."""
    plain = sub_list(operations.LIST_TAGS, project_id, page_size, after)
    read, fetch = decoding.PageReader(decoding.detailed_tags), plain.fetch
    return ListRequest(
        operation=plain.operation,
        fetch=lambda cursor: fetch(cursor).decoded_by(read),
        after=plain.after,
    )


def raw_list(
    request: ApiRequest[T], read_item: Callable[..., T], page_size: int | None, after: str | None
) -> ListRequest[T]:
    """A list that the contract does not have, in pages like those of the live server."""

    def read_items(items: Sequence[object], path: str) -> tuple[T, ...]:
        return tuple(read_item(each, f"{path}[{index}]") for index, each in enumerate(items))

    page = request.decoded_by(decoding.PageReader(read_items))
    return _paged(lambda: page, request.operation, page_size, after)


def one_secret(project_id: str, name: str) -> ListRequest[Secret]:
    """getProjectSecret, as a list of one."""
    request = operations.GET_SECRET(project_id, name)
    page = request.decoded_by(lambda data: WirePage((request.decode(data),), bare=True))
    return ListRequest(operation=request.operation, fetch=lambda _: page)
