"""Mutants of the generated Python code, made on the syntax tree and written into the text.

Each operator looks at one node and yields replacements for the text of a node. What the generator
writes the same into every package (the docstrings of the client class) is left alone.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

from . import in_calls, in_flow, in_shape, in_values
from .mutant import Mutant
from .source import Changes, Source, read

PACKAGE = Path("generated/paperspace_projects_api")
OPERATORS: tuple[Callable[[Source, ast.AST], Changes], ...] = (
    in_values.string_changed,
    in_values.text_changed,
    in_values.path_changed,
    in_values.docstring_changed,
    in_values.number_changed,
    in_values.constant_changed,
    in_values.element_changed,
    in_values.import_changed,
    in_calls.argument_emptied,
    in_calls.assignment_emptied,
    in_calls.entry_changed,
    in_calls.parameters_swapped,
    in_calls.star_dropped,
    in_calls.done_twice,
    in_flow.comparison_turned,
    in_flow.condition_turned,
    in_flow.result_dropped,
    in_flow.statement_dropped,
    in_flow.statements_swapped,
    in_flow.keyword_dropped,
    in_flow.conversion_dropped,
    in_flow.call_replaced,
    in_flow.attribute_swapped,
    in_flow.variable_swapped,
    in_flow.loop_shortened,
    in_shape.annotation_changed,
    in_shape.default_changed,
    in_shape.fields_swapped,
    in_shape.argument_changed,
    in_shape.name_changed,
    in_shape.function_changed,
    in_shape.decorator_changed,
    in_shape.base_changed,
)


def mutants(root: Path) -> Iterator[Mutant]:
    """Every mutant of the generated package."""
    for file in sorted((root / PACKAGE).rglob("*.py")):
        path = file.relative_to(root)
        yield from of_source(read(root, path))
        yield from of_file(root, path)


def of_source(source: Source) -> Iterator[Mutant]:
    """The mutants of one module that leave it valid Python."""
    seen: dict[str, int] = {}
    texts = {source.text}
    for node in list(source.around):
        for operator in OPERATORS:
            for target, new in operator(source, node):
                mutant = _mutant(source, operator, target, new)
                if mutant is None or mutant.content in texts:
                    continue
                assert mutant.content is not None
                texts.add(mutant.content)
                seen[mutant.name] = seen.get(mutant.name, 0) + 1
                if seen[mutant.name] > 1:
                    again = f"{mutant.change} (no. {seen[mutant.name]})"
                    mutant = Mutant(**{**vars(mutant), "change": again})
                yield mutant


def _mutant(
    source: Source, operator: Callable[..., object], target: ast.AST, new: str
) -> Mutant | None:
    start, end = source.span(target)
    old = source.text[start:end]
    content = source.text[:start] + new + source.text[end:]
    try:
        compile(content, str(source.path), "exec")
    except (SyntaxError, ValueError):
        return None
    if ast.dump(ast.parse(content)) == source.dumped:
        return None  # written otherwise, and the same
    return Mutant(
        kind="code",
        operator=operator.__name__,
        path=source.path.as_posix(),
        line=source.text[:start].count("\n") + 1,
        place=source.place(target),
        change=f"{_short(old)} -> {_short(new)}",
        content=content,
        about=_about(source.path),
    )


def _about(path: Path) -> tuple[str, ...]:
    """What tests call an operation or a class that is in a file: an id in camel case, or a name."""
    name = "".join(word.capitalize() for word in path.stem.split("_"))
    return (name, name[:1].lower() + name[1:])


def _short(text: str) -> str:
    return " ".join(text.split())[:160]


def of_file(root: Path, path: Path) -> Iterator[Mutant]:
    """The module gone, and a module that nothing asks for beside it."""
    text = (root / path).read_text(encoding="utf-8")
    if path.name == "__init__.py":
        return
    yield Mutant("code", "module_missing", path.as_posix(), 1, "file", "removed", None)
    if path.parent.name not in ("paperspace_projects_api",):
        extra = path.with_name(f"{path.stem}_extra.py")
        yield Mutant("code", "module_extra", extra.as_posix(), 1, "file", "added", text)
