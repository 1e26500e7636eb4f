"""What `import paperspace_projects` costs, and what the package offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import paperspace_projects

HEAVY = (
    "paperspace_projects.testing",
    "sqlite3",
    "typer",
    "uvicorn",
    "httpx",
    "dateutil",
    "tenacity",
    "asyncio",
)


def modules_after(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a statement."""
    program = f"{statement}\nimport sys\nprint(*sys.modules)"
    return set(subprocess.check_output([sys.executable, "-c", program], text=True).split())


def test_the_import_alone_loads_nothing_heavy() -> None:
    loaded = modules_after("import paperspace_projects")
    assert not loaded.intersection(HEAVY)


def test_a_client_loads_neither_emulator_nor_database() -> None:
    loaded = modules_after("from paperspace_projects import *")
    assert not loaded.intersection({"paperspace_projects.testing", "sqlite3", "typer", "uvicorn"})


def test_the_inventory_is_loaded_when_it_is_used_and_needs_no_httpx_to_write() -> None:
    loaded = modules_after("from paperspace_projects import *")
    assert "paperspace_projects.inventory" not in loaded
    loaded = modules_after("from paperspace_projects.inventory import *")
    assert not loaded.intersection({*HEAVY, "pandas", "polars"})


def test_reconciling_is_loaded_when_it_is_imported_and_yaml_when_it_is_read() -> None:
    loaded = modules_after("from paperspace_projects import *")
    assert not loaded.intersection({"paperspace_projects.reconcile", "yaml"})
    loaded = modules_after("from paperspace_projects.reconcile import *")
    assert not loaded.intersection({"yaml", "jsonschema", "sqlite3"})


def test_models_and_errors_come_without_httpx() -> None:
    loaded = modules_after("from paperspace_projects import Project, NotFoundError, UNSET")
    assert "httpx" not in loaded


def test_every_public_name_is_there_and_in_order() -> None:
    for name in paperspace_projects.__all__:
        assert getattr(paperspace_projects, name) is not None
    assert dir(paperspace_projects) == sorted(paperspace_projects.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Clinet'"):
        _ = paperspace_projects.Clinet  # type: ignore[attr-defined]
