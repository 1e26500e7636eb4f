"""Read and write YAML with PyYAML's safe loader and dumper: no document runs any code.

Reading keeps PyYAML's nodes instead of its values, so that each value has its line, and `yes` or
`1.10` can be told from the strings that they look like.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final, cast

from .tree import DATE, MAX_DEPTH, DocumentSyntaxError, Node, Position, Scalar, Unsupported

try:
    import yaml
    from yaml.reader import ReaderError
except ImportError as _missing:
    raise ImportError(
        'YAML needs PyYAML: pip install ".[reconcile]" in a clone of the repository (JSON needs '
        "nothing)"
    ) from _missing

MAX_ALIASED: Final = 100_000
"""How many values may come from aliases: a few lines of them can expand to billions."""

_UNSUPPORTED: Final = {
    "timestamp": DATE,
    "binary": Unsupported("binary data"),
    "merge": Unsupported("a merge key (<<), which is not supported"),
}
_TAGGED: Final = Unsupported("a value with a tag (!), which is not supported")


def write_yaml(document: dict[str, object]) -> str:
    """Return the document as YAML."""
    # PyYAML escapes YAML's other line breaks only if it escapes everything that is not ASCII.
    has_breaks = re.search("[\x85\u2028\u2029\ufeff]", json.dumps(document, ensure_ascii=False))
    text: str = yaml.safe_dump(
        document, sort_keys=False, allow_unicode=not has_breaks, default_flow_style=False, width=100
    )
    return text


def read_yaml(text: str) -> Node:
    """Return the tree of a YAML text."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        problem, at = f"is not valid YAML: {_redacted(error)}", _position(error.problem_mark)
        raise DocumentSyntaxError(problem, at) from None
    except ReaderError as error:
        before = text[: cast("int", error.position)].split("\n")
        problem = "is not valid YAML: a character that is not allowed"
        raise DocumentSyntaxError(problem, Position(len(before), len(before[-1]) + 1)) from None
    if root is None:
        raise DocumentSyntaxError("is empty")
    return _Converter().node(root, ())


def _redacted(error: yaml.MarkedYAMLError) -> str:
    """PyYAML's message without its quotations of the document."""
    problem = error.problem or "it cannot be parsed"
    if problem.startswith("but "):
        problem = f"{error.context}, {problem}"
    return re.sub(
        r"'([^']*)'",
        lambda quote: quote[0] if len(quote[1]) == 1 or quote[1].startswith("<") else "…",
        problem,
    )


def _position(mark: Any) -> Position:
    return Position() if mark is None else Position(mark.line + 1, mark.column + 1)


class _Converter:
    """Converts PyYAML's nodes, in which an alias is the same node once more."""

    def __init__(self) -> None:
        self._loader: Any = yaml.SafeLoader("")  # its stubs are partly untyped
        self._seen: set[int] = set()
        self._aliased = 0

    def node(self, node: yaml.Node, parents: tuple[int, ...]) -> Node:
        at = _position(node.start_mark)
        if id(node) in parents:
            raise DocumentSyntaxError("contains itself through an alias", at)
        if len(parents) > MAX_DEPTH:
            raise DocumentSyntaxError("is nested too deeply", at)
        self._aliased += id(node) in self._seen
        self._seen.add(id(node))
        if self._aliased > MAX_ALIASED:
            problem = f"expands to more than {MAX_ALIASED:,} values through aliases"
            raise DocumentSyntaxError(problem, at)
        tag = node.tag.removeprefix("tag:yaml.org,2002:")
        parents = (*parents, id(node))
        match tag, node.value:
            case _, str() as text:
                value = self._scalar(node, tag)
                return Node(value, at, None if isinstance(value, str) else text)
            case "map", pairs:
                pairs = cast("list[tuple[yaml.Node, yaml.Node]]", pairs)
                entries = (
                    (self.node(key, parents), self.node(item, parents)) for key, item in pairs
                )
                return Node(tuple(entries), at)
            case "seq", items:
                return Node(
                    [self.node(item, parents) for item in cast("list[yaml.Node]", items)], at
                )
            case _:
                return Node(_TAGGED, at)

    def _scalar(self, node: yaml.Node, tag: str) -> Scalar:
        if tag in ("str", "value"):
            return cast("str", node.value)
        if tag not in ("null", "bool", "int", "float"):
            return _UNSUPPORTED.get(tag, _TAGGED)
        try:
            return cast("float | bool | None", self._loader.construct_object(node))
        except (ValueError, OverflowError, KeyError, IndexError):
            return Unsupported("a value that does not match its tag")
