"""The signature of every generated function: names, what is required, types, defaults, results."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from spec.contract import generated
from spec.contract.arguments import Argument, arguments_of, returned
from spec.contract.spec import OPERATIONS, Operation
from spec.contract.verdict import code_place, shown, verdict

from paperspace_projects_api.client import AuthenticatedClient, Client
from paperspace_projects_api.types import UNSET, Response, Unset

EVERY_FUNCTION = [
    pytest.param(operation, name, id=f"{operation.id}-{name}")
    for operation in OPERATIONS
    for name in generated.functions_of(operation)
]
BY_KEYWORD = inspect.Parameter.KEYWORD_ONLY
BY_PLACE = inspect.Parameter.POSITIONAL_OR_KEYWORD


def client_type(operation: Operation) -> Any:
    """The generator wants a key only where the operation itself does, not the document."""
    own = operation.place.get("security")
    return AuthenticatedClient if own else AuthenticatedClient | Client


def wanted_parameter(argument: Argument) -> inspect.Parameter:
    annotation = argument.kind.annotation
    default: Any = inspect.Parameter.empty
    if not argument.required:
        annotation = annotation | Unset
        default = UNSET if argument.default is None else argument.kind.python(argument.default)
    elif argument.default is not None:
        default = argument.kind.python(argument.default)
    kind = BY_PLACE if argument.where == "path" else BY_KEYWORD
    return inspect.Parameter(argument.name, kind, default=default, annotation=annotation)


def wanted_parameters(operation: Operation, function: str) -> dict[str, tuple[object, Any]]:
    """For each name the parameter that must be there, and the place in the spec that says so."""
    client = inspect.Parameter("client", BY_KEYWORD, annotation=client_type(operation))
    wanted: dict[str, tuple[object, Any]] = {}
    if function in ("_parse_response", "_build_response"):
        import httpx

        response = inspect.Parameter("response", BY_KEYWORD, annotation=httpx.Response)
        return {"client": (operation.place, client), "response": (operation.place, response)}
    if function in generated.VARIANTS:
        wanted["client"] = (operation.place, client)
    for argument in arguments_of(operation):
        wanted[argument.name] = (argument.place, wanted_parameter(argument))
    return wanted


def wanted_result(operation: Operation, function: str) -> Any:
    if function == "_get_kwargs":
        return dict[str, Any]
    parsed = returned(operation)
    if function in ("_build_response", "sync_detailed", "asyncio_detailed"):
        return Response[parsed]
    always = any(each.status == "default" for each in operation.answers)
    return parsed if function == "_parse_response" and always else parsed | None


def parameter_problems(
    code: str, place: object, wanted: inspect.Parameter, found: inspect.Parameter
) -> Iterator[str]:
    what = f"{code}: parameter `{wanted.name}`"
    if found.kind is not wanted.kind:
        is_now, must_be = found.kind.description, wanted.kind.description
        yield f"{what} is {is_now}, for {place} it must be {must_be}"
    if found.annotation != wanted.annotation:
        yield f"{what} is `{shown(found.annotation)}`, {place} says `{shown(wanted.annotation)}`"
    empty = inspect.Parameter.empty
    if (found.default is empty) != (wanted.default is empty):
        is_now = "required" if found.default is empty else "optional"
        yield f"{what} is {is_now}, by {place} it is not"
    elif type(found.default) is not type(wanted.default) or (
        found.default is not wanted.default and found.default != wanted.default
    ):
        yield f"{what} defaults to {found.default!r}, {place} says {wanted.default!r}"


@pytest.mark.parametrize(("operation", "name"), EVERY_FUNCTION)
def test_a_function_takes_and_gives_what_the_spec_says(operation: Operation, name: str) -> None:
    function = generated.function_of(operation, name)
    code = code_place(function)
    signature = inspect.signature(function, eval_str=True)
    wanted = wanted_parameters(operation, name)
    problems = [
        f"{code}: parameter `{extra}` is none of {operation.place}"
        for extra in signature.parameters
        if extra not in wanted
    ]
    for parameter, (place, rule) in wanted.items():
        if parameter not in signature.parameters:
            problems.append(f"{code}: parameter `{parameter}` is missing, {place}")
            continue
        problems += parameter_problems(code, place, rule, signature.parameters[parameter])
    by_place = [each.name for each in signature.parameters.values() if each.kind is BY_PLACE]
    rules = [each for each, (_, rule) in wanted.items() if rule.kind is BY_PLACE]
    if by_place != rules:
        problems.append(
            f"{code}: the order is {by_place}, the template {operation.template} of "
            f"{operation.place} says {rules}"
        )
    result = wanted_result(operation, name)
    if signature.return_annotation != result:
        problems.append(
            f"{code} returns `{shown(signature.return_annotation)}`, "
            f"{operation.place}/responses says `{shown(result)}`"
        )
    if inspect.iscoroutinefunction(function) != name.startswith("asyncio"):
        problems.append(f"{code} must {'' if 'asyncio' in name else 'not '}be async")
    verdict(problems)
