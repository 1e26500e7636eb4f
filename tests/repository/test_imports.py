"""What `import paperspace_projects` costs, and what the package offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import paperspace_projects

HEAVY = (
    "paperspace_projects.testing",
    "sqlite3",
    "click",
    "uvicorn",
    "httpx",
    "dateutil",
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
    parts = {"paperspace_projects.testing", "paperspace_projects.cli"}
    assert not loaded.intersection({*parts, "sqlite3", "uvicorn"})


def test_the_clients_and_models_load_no_event_loop() -> None:
    loaded = modules_after("from paperspace_projects import Client, AsyncClient, Project")
    assert not loaded.intersection({"asyncio", "trio", "attr", "sqlite3", "concurrent.futures"})


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


def test_models_and_errors_come_without_httpx_and_attrs() -> None:
    loaded = modules_after("from paperspace_projects import Project, NotFoundError, UNSET")
    assert not loaded.intersection({"httpx", "attr", "attrs"})


def test_every_public_name_is_there_and_in_order() -> None:
    for name in paperspace_projects.__all__:
        assert getattr(paperspace_projects, name) is not None
    assert dir(paperspace_projects) == sorted(paperspace_projects.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Clinet'"):
        _ = paperspace_projects.Clinet  # type: ignore[attr-defined]


AT_ONCE = """
import random
import sys
import threading

import paperspace_projects._api.generated as generated

sys.setswitchinterval(1e-6)
NAMES = ["models", "types", "errors", "client", "generated_from"]
NAMES += [f"models.{name}" for name in ("project", "project_list", "secret", "activity_event")]
NAMES += ["api.projects.get_project", "api.projects.list_projects", "api.tags.add_project_tag"]
NAMES += ["api.secrets.list_project_secrets", "api.activity.list_project_activity"]
problems = []

def begin(name, together):
    together.wait()
    try:
        generated.load(name)
    except BaseException as error:
        problems.append(f"{name}: {error!r}")

for _ in range(25):
    for name in [each for each in sys.modules if each.startswith("paperspace_projects_api")]:
        del sys.modules[name]
    together = threading.Barrier(len(NAMES))
    threads = [threading.Thread(target=begin, args=(name, together)) for name in NAMES]
    random.shuffle(threads)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
print(*problems, sep="\\n")
"""


def test_threads_may_make_their_first_calls_at_the_same_time() -> None:
    assert subprocess.check_output([sys.executable, "-c", AT_ONCE], text=True).strip() == ""
