"""Reads from the generated package what each operation takes and gives, without importing it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..codegen.provenance import PACKAGE
from ..live_document.document import Document
from ..live_document.shapes import OperationShape, Reader


@dataclass(frozen=True)
class Argument:
    """An argument of a generated builder, or a field of its body; `type` is as it stands there."""

    name: str
    type: str
    is_optional: bool


@dataclass(frozen=True)
class GeneratedOperation:
    """An operation: its generated module, such as `projects.get_project`, and what it is in spec.

    `answer` is the type of its success, empty where that has no body; `item` is the type of the
    items where it is a list.
    """

    shape: OperationShape
    summary: str
    module: str
    in_path: tuple[str, ...]
    query: tuple[Argument, ...]
    body_class: str
    body: tuple[Argument, ...]
    answer: str
    item: str


def operations(tree: Path, document: Document) -> Iterator[GeneratedOperation]:
    """The operations of a document that the generated package of a tree has."""
    package = tree / "generated" / PACKAGE
    shapes = {(each.method, _template(each.path)): each for each in Reader(document).operations()}
    words = {
        (method, _template(path)): each.get("summary") or each["operationId"]
        for path, item in document["paths"].items()
        for method, each in item.items()
        if isinstance(each, dict) and "operationId" in each
    }
    for file in sorted((package / "api").glob("*/[!_]*.py")):
        functions = _functions(file)
        url = {key: value.strip("/") for key, value in _constants(functions["_get_kwargs"])}
        key = (url["method"], _template("/" + url["url"]))
        if key not in shapes:
            continue
        by_place, by_name = _arguments(functions["_get_kwargs"])
        body_class = next((each.type for each in by_name if each.name == "body"), "")
        success = [body for status, body in shapes[key].answers.items() if status[0] == "2"]
        answer = ast.unparse(functions["_build_response"].returns or ast.Constant(None))
        answer = answer.removeprefix("Response[")[:-1] if any(success) else ""
        yield GeneratedOperation(
            shape=shapes[key],
            summary=str(words[key]),
            module=f"{file.parent.name}.{file.stem}",
            in_path=tuple("project_id" if name == "id" else name for name in by_place),
            query=tuple(each for each in by_name if each.name != "body"),
            body_class=body_class,
            body=tuple(fields(package, body_class)),
            answer=answer,
            item=_item(package, answer),
        )


def fields(package: Path, name: str) -> Iterator[Argument]:
    """The fields of a generated class."""
    file = package / "models" / f"{_snake(name)}.py"
    if not (name and file.is_file()):
        return
    for each in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(each, ast.ClassDef) and each.name == name:
            for field in each.body:
                name = ast.unparse(field.target) if isinstance(field, ast.AnnAssign) else ""
                if isinstance(field, ast.AnnAssign) and name != "additional_properties":
                    yield _argument(name, field.annotation, field.value is not None)


def _item(package: Path, answer: str) -> str:
    """The type of the items of a list: of an array, or of an object with `items`."""
    if found := re.fullmatch(r"list\[(.+)\]", answer):
        return found[1]
    known = {each.name: each.type for each in fields(package, answer)}
    found = re.fullmatch(r"list\[(.+)\]", known.get("items", "")) if "has_more" in known else None
    return found[1] if found else ""


def _functions(file: Path) -> dict[str, ast.FunctionDef]:
    parsed = ast.parse(file.read_text(encoding="utf-8"))
    return {each.name: each for each in parsed.body if isinstance(each, ast.FunctionDef)}


def _constants(builder: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    """The method and the URL, with the parameters of the path by their names."""
    for each in ast.walk(builder):
        if isinstance(each, ast.Dict):
            for key, value in zip(each.keys, each.values, strict=True):
                text = value
                if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
                    text = value.func.value  # "...".format(...)
                if isinstance(key, ast.Constant) and isinstance(text, ast.Constant):
                    yield str(key.value), str(text.value)


def _arguments(builder: ast.FunctionDef) -> tuple[list[str], list[Argument]]:
    """The names of those by place, which are the parameters of the path, and those by name."""
    by_name = zip(builder.args.kwonlyargs, builder.args.kw_defaults, strict=True)
    named = [_argument(each.arg, each.annotation, default is not None) for each, default in by_name]
    return [each.arg for each in builder.args.args], named


def _argument(name: str, annotation: ast.expr | None, has_default: bool) -> Argument:
    text = ast.unparse(annotation) if annotation is not None else "str"
    return Argument(name, re.sub(r" \| Unset\b", "", text), has_default)


def _template(path: str) -> str:
    return re.sub(r"{[^}]*}", "{}", path)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
