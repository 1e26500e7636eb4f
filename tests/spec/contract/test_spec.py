"""openapi.yaml by itself: a valid document, read to its end, that uses what the overlay can."""

from __future__ import annotations

from collections import Counter

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from spec.contract.inventory import PROBLEMS
from spec.contract.spec import OPERATIONS, ROOT, Operation
from spec.contract.verdict import fail, verdict

VALIDATORS = {"3.0": OpenAPIV30SpecValidator, "3.1": OpenAPIV31SpecValidator}


def test_it_is_a_valid_openapi_document() -> None:
    version = str(ROOT.get("openapi"))[:3]
    if version not in VALIDATORS:
        fail(f"#/openapi is {version}, known are {list(VALIDATORS)}")
    verdict(
        f"#/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
        for error in VALIDATORS[version](ROOT.value).iter_errors()
    )


def test_these_tests_can_read_all_of_it() -> None:
    verdict(PROBLEMS)


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = Counter(each.id for each in OPERATIONS)
    verdict(
        f"{each.place}/operationId: {each.id} is missing or there twice"
        for each in OPERATIONS
        if "operationId" not in each.place or ids[each.id] > 1
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)
def test_an_operation_is_called_with_a_bearer_token(operation: Operation) -> None:
    """The overlay sends its key with every request, and in no other way."""
    where = operation.security
    schemes = [name for requirement in where.value for name in requirement]
    if not schemes or {} in where.value:
        fail(f"{where} wants no key for {operation.id}, but one is sent")
    for name in schemes:
        scheme = ROOT.at("components", "securitySchemes", name)
        found = (scheme.get("type"), str(scheme.get("scheme")).lower())
        if found != ("http", "bearer"):
            fail(
                f"{scheme} is {found}, but generated/paperspace_projects_api/client.py, "
                f"AuthenticatedClient, and overlay/paperspace_projects/_retry/attempts.py send "
                f"`Authorization: Bearer ...` for {operation.id}"
            )
