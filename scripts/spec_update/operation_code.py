"""A draft of an operation's code in the overlay: its entry, method, handler and test."""

from __future__ import annotations

import ast
import re
import subprocess
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from .generated_code import Argument, GeneratedOperation, generated_choices

OVERLAY = "overlay/paperspace_projects"
ENTRIES = f"{OVERLAY}/_api/operations.py"
DECODING = f"{OVERLAY}/_api/decoding.py"
RESOURCES = f"{OVERLAY}/_async/resources"
HANDLERS = f"{OVERLAY}/testing/emulator/handlers.py"
TESTS = "tests/client/test_every_method.py"

KINDS = {"get": "READ", "head": "READ", "put": "IDEMPOTENT", "delete": "IDEMPOTENT"}
PARTS = {
    # The class of a part of a project, how to look for one, its table, and how a test adds one.
    "collaborators": ("collaborators.list()", "COLLABORATORS", 'add("u1")'),
    "secrets": ("secrets.get(name)", "SECRETS", 'create("TOKEN", "first")'),
    "tags": ("tags.list()", "TAGS", 'add("TOKEN")'),
    "models": ("models.list()", "MODELS", 'add("m1")'),
}
SAMPLES = {
    "datetime": "datetime.now(UTC)",
    "str": '"x"',
    "int": "1",
    "float": "1.5",
    "bool": "True",
}


class OperationCode:
    """The names of one operation in the overlay of a tree, and its code."""

    def __init__(self, tree: Path, operation: GeneratedOperation) -> None:
        self._tree, self._operation = tree, operation
        self._is_write = operation.shape.method not in ("get", "head")
        parts = operation.shape.path.strip("/").split("/")
        self._part = parts[2] if parts[:2] == ["projects", "{id}"] and parts[2:3] else ""
        if self._part not in PARTS:
            self._part = ""
        self.file = f"{RESOURCES}/{self._part or 'projects'}.py"
        self._class = f"Async{(self._part or 'projects').title()}"
        self._words = _words(operation.shape.id)
        dropped = {"project", "projects"} if "{id}" in operation.shape.path else set[str]()
        shorter = [each for each in self._words if each not in dropped] or self._words
        entry = "_".join(shorter if len(shorter) > 1 else self._words).upper()
        is_taken = f"\n{entry} = " in self._text(ENTRIES)
        self._entry = "_".join(self._words).upper() if is_taken else entry
        nouns = {self._part, self._part.removesuffix("s")}
        name = "_".join([each for each in shorter if each not in nouns] or shorter)
        methods = self._methods()
        self.id, self.tag = operation.shape.id, operation.module.partition(".")[0]
        self.end_of_methods = max(each.end_lineno or 0 for each in methods)
        taken = {each.name for each in methods}
        self._method = name if name not in taken else "_".join(self._words)
        self._given = [
            each for each in operation.in_path if not (self._part and each == "project_id")
        ]
        paging = ("after", "limit") if operation.item else ()
        self._filters = [each for each in operation.query if each.name not in paging]
        self._paging = [each.name for each in operation.query if each.name in paging]
        self._arguments = [*self._filters, *operation.body]

    def _methods(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        (owner,) = (
            each
            for each in ast.parse(self._text(self.file)).body
            if isinstance(each, ast.ClassDef) and each.name == self._class
        )
        return [e for e in owner.body if isinstance(e, ast.FunctionDef | ast.AsyncFunctionDef)]

    def _text(self, file: str) -> str:
        return (self._tree / file).read_text(encoding="utf-8")

    # The entry

    def entry_code(self) -> str:
        shape = self._operation.shape
        kind = KINDS.get(shape.method, "NO_KEY")
        fallback = "projects.get(id)" if "{id}" in shape.path else "projects.list()"
        check = PARTS[self._part][0] if self._part else fallback
        verify = f', "{check}"' if self._is_write else ""
        module = self._operation.module
        return formatted(
            f"{self._entry} = Operation(api.{module}, {kind}, {self._reader()}{verify})"
        )

    def _reader(self) -> str:
        """What reads the answer: a reader of `_api/decoding.py`, or one for a new model."""
        answer, item = self._operation.answer, self._operation.item
        if not answer:
            return "nothing"
        model = item or answer
        found = re.search(rf"^(\w+) = \w*Reader\(\s*{model}\b", self._text(DECODING), re.MULTILINE)
        reader = found[1] if found else f"ModelReader({model})"
        if item == "str":
            return "PageReader(tags)"
        return f"{reader}.page" if item else reader

    # The method

    def method_code(self) -> str:
        operation = self._operation
        is_list = bool(operation.item)
        result = f"AsyncPager[{operation.item}]" if is_list else operation.answer or "None"
        lines = [
            f"{'' if is_list else 'async '}def {self._method}({self._signature()}) -> {result}:"
        ]
        lines += textwrap.indent(self._docstring(), "    ").splitlines()
        body = [*self._checks(), *(self._list_body() if is_list else self._call_body())]
        lines += [f"    {each}" for each in body]
        text = formatted("class _:\n" + textwrap.indent("\n".join(lines), "    "))
        return text.partition("\n")[2]

    def _signature(self) -> str:
        required = [
            f"{each.name}: {self._type(each)}" for each in self._arguments if not each.is_optional
        ]
        optional = [
            f"{each.name}: {self._type(each)}" for each in self._arguments if each.is_optional
        ]
        if self._operation.item:
            sizes = {"limit": "page_size: int | None = None", "after": "after: str | None = None"}
            optional += [text for name, text in sizes.items() if name in self._paging]
            optional.append("prefetch: int = 0")
        star = ["*"] if optional else []
        return ", ".join(
            ["self", *(f"{each}: str" for each in self._given), *required, *star, *optional]
        )

    def _type(self, argument: Argument) -> str:
        text = re.sub(r"\b(?=[A-Z])(?!None|Any|True|False)", "generated.", argument.type)
        if not argument.is_optional:
            return text
        return f"{text} = None" if "None" in text else f"{text} | None = None"

    def _docstring(self) -> str:
        shape = self._operation.shape
        call = self._call("gpu" if self._part == "tags" else "TOKEN")
        code = f"async for each in {call}: print(each)" if self._operation.item else f"await {call}"
        example = textwrap.fill(f"Example: `{code}`", 92, break_on_hyphens=False)
        text = f'"""{self._operation.summary.strip().rstrip(".")} ({shape.id}).\n\n{example}\n'
        if KINDS.get(shape.method, "NO_KEY") != "NO_KEY":
            return f'{text}"""'
        lost = "the answer was lost; the request was not sent again."
        return f'{text}\nRaises:\n    OutcomeUnknownError: {lost}\n"""'

    def _call(self, name: str) -> str:
        """A call of the method in a program that has `client` and `scope`."""
        target = f"scope.{self._part}" if self._part else "client.projects"
        keys = {"project_id": "scope.id", "user_id": '"u1"', "model_id": '"m1"'}
        keys["name"] = f'"{name}"'
        values = [keys.get(each, '"x"') for each in self._given]
        values += [self._sample(each) for each in self._arguments if not each.is_optional]
        return f"{target}.{self._method}({', '.join(values)})"

    def _checks(self) -> Iterator[str]:
        """The checks of texts: whatever else is sent, its type is the caller's to keep."""
        for each in self._arguments:
            if self._is_secret(each):
                yield f"{each.name} = as_secret({each.name})  # first: no traceback shows it"
            elif each.type == "str" and each.is_optional:
                yield f"if {each.name} is not None:"
                yield f'    {each.name} = validation.text("{each.name}", {each.name})'
            elif each.type == "str":
                yield f'{each.name} = validation.text("{each.name}", {each.name})'

    def _is_secret(self, argument: Argument) -> bool:
        return argument.name == "value" and not argument.is_optional

    def _values(self, arguments: Sequence[Argument]) -> list[str]:
        """The arguments as the generated code takes them."""
        return [
            f'{each.name}=validation.secret_value("{each.name}", {each.name})'
            if self._is_secret(each)
            else f"{each.name}=or_unset({each.name})"
            if each.is_optional
            else f"{each.name}={each.name}"
            for each in arguments
        ]

    def _request(self, *more: str) -> str:
        in_path = ["self._project_id"] if self._part else []
        values = [*in_path, *self._given, *self._values(self._filters), *more]
        return f"operations.{self._entry}({', '.join(values)})"

    def _call_body(self) -> Iterator[str]:
        body_class = self._operation.body_class
        if body_class:
            yield f"body = generated.{body_class}({', '.join(self._values(self._operation.body))})"
        call = f"await self._session.call({self._request(*['body=body'] * bool(body_class))})"
        yield f"return {call}" if self._operation.answer else call

    def _list_body(self) -> Iterator[str]:
        if "limit" in self._paging:
            yield "page_size = validation.page_size(page_size)"
        if "after" in self._paging:
            yield 'after = validation.cursor("after", after)'
        names = {"after": "after=or_unset(cursor)", "limit": "limit=or_unset(page_size)"}
        cursor = "cursor" if "after" in self._paging else "_"
        request = self._request(*(names[each] for each in self._paging))
        after = ", after=after" if "after" in self._paging else ""
        given = f"operation=operations.{self._entry}.id, fetch=lambda {cursor}: {request}{after}"
        yield f"request = list_requests.ListRequest({given})"
        yield "return AsyncPager(self._session, request, prefetch)"

    # The handler and the test

    def handler_code(self) -> str:
        shape, name = self._operation.shape, "_".join(self._words)
        has_key = self._part and len(self._given) > 0
        table = PARTS[self._part][1] if has_key else "PROJECTS"
        lines = [
            f'@handles("{shape.id}", {table})',
            f"def {name}(context: RequestContext) -> object:",
            f'    """Answer {shape.id} as documented. Let it do what the server does."""',
            *(["    context.fields()"] if self._operation.body_class else []),
        ]
        if "{id}" in shape.path:
            lines.append(f"    row = context.{'part' if has_key else 'project'}()")
        shown = "context.show(row)" if "{id}" in shape.path else "context.show({})"
        if self._operation.item:
            is_page = not self._operation.answer.startswith("list[")
            shown = "list_rows(context)" if is_page else f"[{shown}]"
        return "\n".join([*lines, f"    return {shown}"])

    def test_code(self) -> str:
        owner = self._class.removeprefix("Async")
        of_part = [f"    drive(scope.{self._part}.{PARTS[self._part][2]})"] if self._part else []
        call = self._call("TOKEN")
        fixtures = "scope: Any" if self._part else "client: Any, scope: Any"
        answer = self._operation.item or self._operation.answer
        answer = answer if answer in SAMPLES else f"package.{answer}" if answer else ""
        check = f"isinstance(drive({call}), {answer})" if answer else f"drive({call}) is None"
        if self._operation.item:
            check = f"all(isinstance(each, {answer}) for each in drive.items({call}))"
        lines = [
            f'@covers("{owner}.{self._method}")',
            f"def test_{'_'.join(self._words)}(drive: Driver, {fixtures}) -> None:",
            *of_part,
            f"    assert {check}",
        ]
        return formatted("\n".join(lines))

    def _sample(self, argument: Argument) -> str:
        """A value for an argument: the first of an enum, or one by its type."""
        choices = generated_choices(self._tree, argument.type)
        found = next((SAMPLES[each] for each in SAMPLES if each in argument.type), "...")
        return repr(choices[0]) if choices else found


def _words(name: str) -> list[str]:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|\W+", "_", name).lower().split("_")


def formatted(code: str) -> str:
    return ruff(["format", "--quiet", "--isolated", "--line-length=100", "-"], code).rstrip("\n")


def ruff(options: Sequence[str], text: str = "", cwd: Path | None = None) -> str:
    return subprocess.run(
        ["ruff", *options], input=text, capture_output=True, text=True, check=True, cwd=cwd
    ).stdout
