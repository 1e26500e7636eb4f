"""Reading and writing YAML, by PyYAML's safe half: nothing of a document is ever carried out.

What is read is the tree that stands behind the text, not the values that PyYAML would make of it,
so that every value has its line, and `yes` or `1.10` can be told from the strings they look like.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final, cast

from .nodes import DATE, DEEPEST, At, Fields, Node, Other, Scalar, Sequence, Unreadable

if TYPE_CHECKING:
    import yaml

MOST_REPEATED = 100_000
"""How many values may come of aliases: few lines with many of them can make billions."""

_STANDARD: Final = "tag:yaml.org,2002:"
_STRINGS: Final = ("str", "value")
_OTHERS: Final = {
    "timestamp": DATE,
    "binary": Other("binary data"),
    "merge": Other("a merge key (<<), which is not supported"),
}
_ODD_BREAKS: Final = re.compile("[\x85\u2028\u2029\ufeff]")
_TAGGED: Final = Other("a value with a tag (!), which is not supported")


def _pyyaml() -> Any:
    """PyYAML, which comes with an extra."""
    try:
        import yaml
    except ImportError as missing:
        raise ImportError(
            'YAML needs PyYAML: pip install "paperspace-projects[reconcile]" (JSON needs nothing)'
        ) from missing
    return yaml


def write(document: dict[str, object]) -> str:
    """The document as YAML.

    Raises:
        ImportError: PyYAML is not installed.
    """
    # What YAML takes for line breaks PyYAML escapes only with all else that is not ASCII.
    is_plain = _ODD_BREAKS.search(json.dumps(document, ensure_ascii=False)) is None
    text: str = _pyyaml().safe_dump(
        document, sort_keys=False, allow_unicode=is_plain, default_flow_style=False, width=100
    )
    return text


def read(text: str) -> Node:
    """The tree of a YAML text.

    Raises:
        ImportError: PyYAML is not installed.
        Unreadable: it is no YAML, or more than a tree.
    """
    pyyaml = _pyyaml()
    root: yaml.Node | None = None
    try:
        root = pyyaml.compose(text, Loader=pyyaml.SafeLoader)
        problem = None if root is not None else ("is empty", At())
    except pyyaml.MarkedYAMLError as error:
        problem = f"is no YAML: {_in_safe_words(error)}", _place(error.problem_mark)
    except pyyaml.reader.ReaderError as error:
        before = text[: cast("int", error.position)].split("\n")
        at = At(line=len(before), column=len(before[-1]) + 1)
        problem = "is no YAML: a character that is not allowed", at
    except RecursionError:
        problem = "is nested too deeply", At()
    if problem is not None or root is None:
        # Raised here: PyYAML's errors hold the text, which may hold a secret.
        raise Unreadable(*(problem or ("is empty", At())))
    return _Reader(pyyaml.SafeLoader("")).node(root, ())


def _in_safe_words(error: yaml.MarkedYAMLError) -> str:
    """What PyYAML says is wrong, without what it quotes of the document."""
    problem = error.problem or "it cannot be parsed"
    if problem.startswith("but "):
        problem = f"{error.context}, {problem}"
    return re.sub(
        r"'([^']*)'",
        lambda quote: quote[0] if len(quote[1]) == 1 or quote[1].startswith("<") else "…",
        problem,
    )


def _place(mark: yaml.Mark | None) -> At:
    return At() if mark is None else At(line=mark.line + 1, column=mark.column + 1)


class _Reader:
    """Makes a tree of PyYAML's nodes, in which an alias is the node itself once more."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._seen: set[int] = set()
        self._repeated = 0

    def node(self, node: yaml.Node, within: tuple[int, ...]) -> Node:
        place = _place(node.start_mark)
        self._count(node, within, place)
        kind = node.tag.removeprefix(_STANDARD)
        inner = (*within, id(node))
        line, column = place.line, place.column
        if isinstance(node.value, str):
            return self._scalar(node, kind, place)
        if kind not in ("map", "seq"):
            return Scalar(value=_TAGGED, line=line, column=column)
        if kind == "map":
            pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
            entries = tuple(
                (self.node(key, inner), self.node(value, inner)) for key, value in pairs
            )
            return Fields(entries=entries, line=line, column=column)
        items = tuple(self.node(item, inner) for item in cast("list[yaml.Node]", node.value))
        return Sequence(items=items, line=line, column=column)

    def _count(self, node: yaml.Node, within: tuple[int, ...], place: At) -> None:
        if id(node) in within:
            raise Unreadable("holds itself, by way of an alias", place)
        if len(within) > DEEPEST:
            raise Unreadable("is nested too deeply", place)
        self._repeated += id(node) in self._seen
        self._seen.add(id(node))
        if self._repeated > MOST_REPEATED:
            raise Unreadable(f"makes more than {MOST_REPEATED:,} values of its aliases", place)

    def _scalar(self, node: yaml.Node, kind: str, place: At) -> Scalar:
        written: str = node.value
        value: str | float | bool | Other | None
        if kind in _STRINGS:
            value = written
        elif kind in _OTHERS:
            value = _OTHERS[kind]
        elif kind in ("null", "bool", "int", "float"):
            value = self._plain(node)
        else:
            value = _TAGGED
        given = None if isinstance(value, str) else written
        return Scalar(value=value, written=given, line=place.line, column=place.column)

    def _plain(self, node: yaml.Node) -> float | bool | Other | None:
        try:
            value: float | bool | None = self._loader.construct_object(node)
        except (ValueError, OverflowError, KeyError, IndexError):
            return Other("a value that is not what its tag says")
        return value
