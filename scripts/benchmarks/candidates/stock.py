"""The generated package alone, as openapi-python-client makes it."""

from __future__ import annotations

from typing import Any

from paperspace_projects_api import AuthenticatedClient
from paperspace_projects_api.api.collaborators import list_project_collaborators
from paperspace_projects_api.api.projects import get_project, list_project_models, list_projects
from paperspace_projects_api.api.secrets import list_project_secrets
from paperspace_projects_api.api.tags import list_project_tags
from paperspace_projects_api.types import UNSET

from . import KEY, PAGE, AsyncPages, SyncPages

PARTS: Any = (
    list_project_collaborators,
    list_project_secrets,
    list_project_tags,
    list_project_models,
)


class Both:
    function: str
    """The name of the function to call in the module of each operation."""

    def __init__(self, root: str) -> None:
        self._client = AuthenticatedClient(base_url=root, token=KEY)

    def _call(self, operation: Any, *arguments: str, **query: Any) -> Any:
        return getattr(operation, self.function)(*arguments, client=self._client, **query)

    def get(self, number: int) -> Any:
        return self._call(get_project, f"p-{number}")

    def list_part(self, number: int, kind: int) -> Any:
        return self._call(PARTS[kind], f"p-{number}")

    def _list(self, cursor: str | None) -> Any:
        return self._call(list_projects, after=UNSET if cursor is None else cursor, limit=PAGE)


class Sync(Both, SyncPages):
    function = "sync"

    def page(self, cursor: str | None) -> tuple[Any, Any]:
        page = self._list(cursor)
        return page.items, page.next_page or None

    def close(self) -> None:
        self._client.get_httpx_client().close()


class Async(Both, AsyncPages):
    function = "asyncio"

    async def page(self, cursor: str | None) -> tuple[Any, Any]:
        page = await self._list(cursor)
        return page.items, page.next_page or None

    async def close(self) -> None:
        await self._client.get_async_httpx_client().aclose()
