"""The generated package alone, as openapi-python-client makes it."""

from __future__ import annotations

from typing import Any

from paperspace_projects_api import AuthenticatedClient
from paperspace_projects_api.api.collaborators import list_project_collaborators
from paperspace_projects_api.api.projects import get_project, list_project_models, list_projects
from paperspace_projects_api.api.secrets import list_project_secrets
from paperspace_projects_api.api.tags import list_project_tags
from paperspace_projects_api.models import ProjectList
from paperspace_projects_api.types import UNSET

from ..constants import KEY, PAGE
from . import AsyncPages, SyncPages

PARTS: Any = (
    list_project_collaborators,
    list_project_secrets,
    list_project_tags,
    list_project_models,
)


class Both:
    def __init__(self, root: str) -> None:
        self._client = AuthenticatedClient(base_url=root, token=KEY)

    def _read(self, page: Any) -> tuple[Any, Any]:
        assert isinstance(page, ProjectList)
        return page.items, page.next_page or None


class Sync(Both, SyncPages):
    def get(self, number: int) -> object:
        return get_project.sync(f"p-{number}", client=self._client)

    def page(self, cursor: str | None) -> tuple[Any, Any]:
        after = UNSET if cursor is None else cursor
        return self._read(list_projects.sync(client=self._client, after=after, limit=PAGE))

    def list_part(self, number: int, kind: int) -> Any:
        return PARTS[kind].sync(f"p-{number}", client=self._client)

    def close(self) -> None:
        self._client.get_httpx_client().close()


class Async(Both, AsyncPages):
    async def get(self, number: int) -> object:
        return await get_project.asyncio(f"p-{number}", client=self._client)

    async def page(self, cursor: str | None) -> tuple[Any, Any]:
        after = UNSET if cursor is None else cursor
        return self._read(await list_projects.asyncio(client=self._client, after=after, limit=PAGE))

    async def list_part(self, number: int, kind: int) -> Any:
        return await PARTS[kind].asyncio(f"p-{number}", client=self._client)

    async def close(self) -> None:
        await self._client.get_async_httpx_client().aclose()
