"""The overlay against the generated code and the spec: what is used, how, and what it is read into.

A failure begins with what to do. Where the overlay cannot be imported any more, because what it
uses is gone, one test says so and the others are skipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from spec.contract import generated, overlay
from spec.contract.arguments import answer_kind, canonical, expected_request, server
from spec.contract.calling import python_arguments, samples
from spec.contract.kinds import Kind
from spec.contract.overlay import FOLDER
from spec.contract.schemas import Object
from spec.contract.spec import OPERATIONS, ROOT, Operation
from spec.contract.verdict import code_place, fail, verdict

EVERY_OPERATION = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)


@pytest.fixture
def entries() -> Mapping[str, Any]:
    try:
        return overlay.operations()
    except Exception:
        pytest.skip("see test_the_overlay_can_be_imported")


def entries_of(entries: Mapping[str, Any], operation: Operation) -> list[tuple[str, Any]]:
    """The names and values of the entries that use the generated module of an operation."""
    build = generated.function_of(operation, "_get_kwargs")
    return [(name, each) for name, each in entries.items() if builder_of(each) is build]


def builder_of(entry: Any) -> Any:
    """The generated builder that an entry uses, or a word where there is none any more."""
    try:
        return entry.build
    except (ImportError, AttributeError):
        return "what the generated package has no more"


def entry_of(entries: Mapping[str, Any], operation: Operation) -> tuple[str, Any]:
    """The one entry of an operation, for tests that have nothing to say if there is none."""
    found = entries_of(entries, operation)
    if len(found) != 1:
        pytest.skip("see test_an_operation_is_used_by_exactly_one_entry")
    return found[0]


def kinds_within(kind: Kind) -> Iterator[Kind]:
    """A kind and all that it is made of."""
    yield kind
    for part in kind.parts():
        yield from kinds_within(part)


def test_the_overlay_can_be_imported() -> None:
    problems = []
    for name in (
        "models",
        "_api.decoding",
        "_api.operations",
        "_pagination.list_requests",
        "_async.client",
        "_sync.client",
    ):
        try:
            overlay.module(name)
        except Exception as error:
            problems.append(
                f"let {FOLDER}/{name.replace('.', '/')}.py follow the generated package, it cannot "
                f"be imported: {type(error).__name__}: {error}"
            )
    verdict(problems[:1])


@EVERY_OPERATION
def test_an_operation_is_used_by_exactly_one_entry(
    entries: Mapping[str, Any], operation: Operation
) -> None:
    found = entries_of(entries, operation)
    module = generated.module_name_of(operation)
    if not found:
        fail(
            f"add an Operation for `{operation.id}` to {FOLDER}/_api/operations.py, made of "
            f"{module}._get_kwargs ({generated.FOLDER}/{module.replace('.', '/')}.py): "
            f"{operation.place}"
        )
    if len(found) > 1:
        places = ", ".join(overlay.line_of(name) for name, _ in found)
        fail(f"let one of them use {module}: {places}; {operation.place}")
    ((name, entry),) = found
    where = overlay.line_of(name)
    problems = []
    if entry.id != operation.id:
        problems.append(
            f"let {where} be called {operation.id!r}, not {entry.id!r}: {operation.place}"
        )
    safeties = overlay.SAFETIES_OF_METHOD.get(operation.method, ())
    if entry.idempotency.name not in safeties:
        problems.append(
            f"let the idempotency of {where} be {' or '.join(safeties)}, "
            f"not {entry.idempotency.name}: "
            f"{operation.place} is a {operation.method}"
        )
    if (entry.verify_with is None) != (safeties == ("READ",)):
        problems.append(f"let {where} say how to find out about a write, and only of a write")
    verdict(problems)


def test_no_entry_uses_anything_else(entries: Mapping[str, Any]) -> None:
    builders = {
        id(vars(generated.import_module(name)).get("_get_kwargs"))
        for operation in OPERATIONS
        for name in [generated.module_name_of(operation)]
    }
    verdict(
        f"remove {overlay.line_of(name)}: {entry.id} uses "
        f"{builder if isinstance(builder, str) else code_place(builder)}, which is no "
        "operation of #/paths"
        for name, entry in entries.items()
        if id(builder := builder_of(entry)) not in builders
    )


@EVERY_OPERATION
def test_an_entry_reads_what_the_spec_documents(
    entries: Mapping[str, Any], operation: Operation
) -> None:
    name, entry = entry_of(entries, operation)
    where = f"{overlay.line_of(name)}: what is read"
    problems: list[str] = []
    for answer in operation.answers:
        if not answer.status.startswith("2"):
            continue
        kind = answer_kind(operation, answer)
        for part in [] if kind is None else kinds_within(kind):
            model = getattr(overlay.module("models"), part.text, None)
            if isinstance(part, Object) and model and [*overlay.missing_fields(model, part)]:
                pytest.skip("see test_a_model_has_a_field_for_each_property")
        body = None if kind is None else kind.sample(operation.id)
        try:
            found = entry.decode(json.loads(json.dumps(body)))
        except Exception as error:
            problems.append(f"{where} is {error!r} for {body}, documented in {answer.place}")
            continue
        if kind is None:
            if found is not None:
                problems.append(f"{where} is {found!r}, but {answer.place} documents no body")
        else:
            problems += overlay.read_differences(kind, body, found, where)
    verdict(problems)


@EVERY_OPERATION
def test_an_entry_makes_the_request_of_the_generated_builder(
    entries: Mapping[str, Any], operation: Operation
) -> None:
    name, entry = entry_of(entries, operation)
    values = samples(operation, optional=True)
    arguments = python_arguments(operation, values)
    in_path = [each.name for each in operation.parameters_in("path")]
    by_place = [arguments.pop(key) for key in list(arguments)[: len(in_path)]]
    made = entry(*by_place, **arguments)
    wanted = expected_request(operation, values)
    body = None if made.body is None else canonical(made.body)
    found = (made.method, made.path, {k: [str(v)] for k, v in made.query.items()}, body)
    assert found == (wanted.method, wanted.path, dict(wanted.query), wanted.body), (
        f"{overlay.line_of(name)} makes another request than {operation.place}"
    )


LISTINGS: dict[str, tuple[str, dict[str, Any]]] = {
    # operation: the function of _pagination/list_requests.py, and what it takes
    "listProjects": ("projects", {"order_by": "dtCreated", "order": "desc"}),
    "listProjectActivity": (
        "activity",
        {"project_id": "p1", "event_type": "x", "since": None, "until": None},
    ),
}


@pytest.mark.parametrize("id_", LISTINGS)
def test_a_listing_can_send_every_documented_query_name(
    entries: Mapping[str, Any], id_: str
) -> None:
    del entries
    (operation,) = [each for each in OPERATIONS if each.id == id_] or [None]
    if operation is None:
        pytest.skip(f"there is no {id_} any more")
    name, arguments = LISTINGS[id_]
    function = getattr(overlay.module("_pagination.list_requests"), name)
    advice = f"let {code_place(function)} follow {operation.place}/parameters"
    try:
        call = function(**arguments, page_size=5, after="a").fetch("cursor")
    except Exception as error:
        fail(f"{advice}: {type(error).__name__}: {error}")
    documented = {each.name for each in operation.parameters_in("query")}
    if call.query.keys() != documented:
        fail(f"{advice}: it sends {set(call.query)} of {documented}")


def test_the_overlay_speaks_to_the_server_of_the_spec() -> None:
    config = overlay.module("config")
    servers = [place.value["url"] for _, place in ROOT.below("servers")]
    assert servers == [config.DEFAULT_BASE_URL], (
        f"let DEFAULT_BASE_URL ({FOLDER}/config.py) be what #/servers says"
    )
    assert config.find_base_url(None, allow_insecure_http=False) == server(), f"{FOLDER}/config.py"


def test_the_overlay_tells_the_version_of_the_spec() -> None:
    import paperspace_projects

    version = ROOT.at("info", "version")
    assert paperspace_projects.__spec_version__ == version.value, (
        f"{generated.FOLDER}/generated_from.py, SPEC_VERSION is not {version}: "
        "run `nox -s generate`"
    )
