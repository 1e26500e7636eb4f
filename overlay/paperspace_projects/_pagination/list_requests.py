"""The six listings of the API, each as a `Source` that a pager can go through.

In the contract the sub-lists are whole and take no query; the live server pages them
(docs/dialects.md). So the first request of a sub-list says nothing about paging unless the user
does, and only where the answer is a page does the next one name a cursor.
"""

from __future__ import annotations

from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from .._api import decoding as wire
from .._api import operations as ops
from .._api import validation as arguments
from .._api.decoding import LIVE, WirePage
from .._api.generated import orders, types
from .._api.operations import ApiRequest, Operation
from ..models import ActivityEvent, Project, Secret
from .event_filter import EventSelection
from .paginator import Source

if TYPE_CHECKING:
    from paperspace_projects_api.models import ListProjectsOrder

T = TypeVar("T")


def projects(
    *,
    order_by: str | None,
    order: ListProjectsOrder | None,
    page_size: int | None,
    after: str | None,
) -> Source[Project]:
    """listProjects."""
    page_size, after = arguments.page_size(page_size), arguments.cursor("after", after)
    if order is not None:
        arguments.one_of("order", order, orders())
    if order_by is not None:
        order_by = arguments.name("order_by", order_by)

    def fetch(cursor: str | None) -> ApiRequest[WirePage[Project]]:
        return ops.LIST_PROJECTS(
            after=types.UNSET if cursor is None else cursor,
            limit=types.UNSET if page_size is None else page_size,
            order_by=types.UNSET if order_by is None else order_by,
            order=types.UNSET if order is None else order,
        )

    return Source(operation=ops.LIST_PROJECTS.id, fetch=fetch, after=after)


def activity(
    project_id: str,
    *,
    event_type: str | None,
    since: datetime | None,
    until: datetime | None,
    page_size: int | None,
    after: str | None,
) -> Source[ActivityEvent]:
    """listProjectActivity.

    The contract's answer has no cursor, so that only the length of a page tells whether there is
    more: the limit is always sent.
    """
    limit = arguments.page_size(page_size) or arguments.MAX_PAGE_SIZE
    after = arguments.cursor("after", after)
    if event_type is not None:
        event_type = arguments.name("type", event_type)

    def fetch(cursor: str | None) -> ApiRequest[WirePage[ActivityEvent]]:
        return ops.LIST_ACTIVITY(
            project_id,
            type_=types.UNSET if event_type is None else event_type,
            after=types.UNSET if cursor is None else cursor,
            limit=limit,
        )

    return Source(
        operation=ops.LIST_ACTIVITY.id,
        fetch=fetch,
        after=after,
        identify=attrgetter("id"),
        full=limit,
        select=lambda: EventSelection(event_type, since, until),
    )


def sub_list(
    operation: Operation[[str], WirePage[T]],
    project_id: str,
    *,
    page_size: int | None,
    after: str | None,
) -> Source[T]:
    """listProjectCollaborators, -Secrets, -Tags and -Models."""
    page_size, after = arguments.page_size(page_size), arguments.cursor("after", after)
    cursor_name, size_name = LIVE["sub-list query: after"][0], LIVE["sub-list query: page_size"][0]

    def fetch(cursor: str | None) -> ApiRequest[WirePage[T]]:
        return operation(project_id).with_query(**{cursor_name: cursor, size_name: page_size})

    return Source(operation=operation.id, fetch=fetch, after=after)


def dated_tags(project_id: str) -> Source[wire.DatedTag]:
    """listProjectTags, each tag with its time where the server tells it."""
    plain = sub_list(ops.LIST_TAGS, project_id, page_size=None, after=None)
    read = wire.PageReader(wire.dated_tags)
    return Source(
        operation=plain.operation, fetch=lambda cursor: plain.fetch(cursor).decoded_by(read)
    )


def one_secret(project_id: str, name: str) -> Source[Secret]:
    """getProjectSecret, as a listing of one."""
    call = ops.GET_SECRET(project_id, name)

    def page(data: object) -> WirePage[Secret]:
        return WirePage((call.decode(data),), bare=True)

    return Source(operation=call.operation, fetch=lambda _: call.decoded_by(page))
