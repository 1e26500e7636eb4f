"""`api`: call any path of the API, also one that no other command knows.

As with `secrets`, no secret is taken as an argument, and no message repeats what was given.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

import click

from ...errors import APIError, PaginationError
from .. import declare
from ..context import CommandContext, find_project_id
from ..errors import CommandError
from ..output import formats
from ..output.streams import echo_stderr
from .secrets import read_stream, secrets

if TYPE_CHECKING:
    from ... import Client, JSONValue, Pager

Output: TypeAlias = Literal["json", "jsonl", "yaml"]
Fields: TypeAlias = dict[str, Any]

_SECRET_KEYS: Final = ("value", "password", "token")
_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_WORD: Final = re.compile(r"[A-Za-z0-9_-]+")
_EXAMPLES: Final = (
    "GET /projects/PROJECT/notebooks",
    "GET /projects/name:vision/notebooks --paginate -o jsonl",
    "GET /projects/PROJECT/deployments -f limit=5",
    "POST /projects/PROJECT/notebooks -f name=train -F isPublic=false",
    "POST /teams/TEAM/secrets -f name=TOKEN -F value=@- <token.txt",
    "PUT /deployments/ID --input deployment.json --idempotent",
)


@click.command("api", cls=secrets.command_class, path="api", examples=_EXAMPLES)
@declare.argument("method", "METHOD", "GET, POST, PUT, PATCH or DELETE.")
@declare.argument("path", "PATH", "The path below the base URL; name:NAME stands for an id.")
@click.option("--raw-field", "-f", "texts", metavar="KEY=TEXT", multiple=True, help="Send a text.")
@click.option(
    "--field",
    "-F",
    "values",
    metavar="KEY=VALUE",
    multiple=True,
    help="Send a number, true, false, null or a text; @FILE reads one, and @- standard input.",
)
@declare.option("--input", "FILE", "Send the JSON of this file; - is standard input.")
@declare.flag("--paginate", help="Follow the pages of a listing, and write its items.")
@declare.flag("--idempotent", help="Doing it twice is the same as once: try again after failures.")
@declare.output_option(get_args(Output), "json")
@click.pass_obj
def api(
    context: CommandContext,
    *,
    method: str,
    path: str,
    texts: Sequence[str],
    values: Sequence[str],
    input: str | None,
    paginate: bool,
    idempotent: bool,
    output: Output,
) -> None:
    """Call any path of the API, and show the JSON of its answer.

    It is for what no other command knows, such as notebooks and deployments. Fields are the query
    of a GET, and else an object of JSON; a key that is given again makes a list. A secret is read
    from a file or from standard input, not from an argument.
    """
    method = method.upper()
    if method not in _METHODS:
        raise CommandError(f"METHOD must be one of {', '.join(_METHODS)}")
    fields = _collected([*map(_text, texts), *map(_value, values)])
    body: Fields | JSONValue = fields or None
    if input is not None:
        if fields or method == "GET":
            raise CommandError("--input goes with no field, and not with GET")
        body = _json_of(input)
    if paginate and method != "GET":
        raise CommandError("--paginate goes with GET")
    with context.client() as client:
        route, parts, query = _parsed(client, path)
        if method == "GET":
            query, body = query | fields, None
            if paginate:
                pager = client.request_pages(route, path=parts, query=query)
                _write_pages(context, pager, output)
                return
        else:
            context.begin_write(f"api GET {shlex.quote(path)}")
        answer = client.request(
            cast("Literal['GET']", method),
            route,
            path=parts,
            query=query,
            json=body,
            idempotency="idempotent" if idempotent and method != "GET" else None,
        )
        if method != "GET":
            context.end_write(f"{method} {path}: done", notify_user=answer is None)
    if answer is not None:
        _write([answer], output, is_list=False)


def _write(items: Iterable[JSONValue], output: Output, *, is_list: bool) -> None:
    if is_list or output == "jsonl":
        records = cast("Iterable[formats.Record]", items)
        sys.stdout.writelines(formats.write(output, records, ()))
    else:
        sys.stdout.writelines(map(formats.DOCUMENTS[output], items))


def _write_pages(context: CommandContext, pager: Pager[JSONValue], output: Output) -> None:
    count = 0

    def progress() -> str:
        cursor = pager.next_cursor
        rest = "" if cursor is None else f"; -f {shlex.quote(f'after={cursor}')} resumes from there"
        return f"{count} item{'' if count == 1 else 's'} written{rest}"

    def counted() -> Iterator[JSONValue]:
        nonlocal count
        for item in pager:
            yield item
            count += 1  # it is written before the next is asked for

    context.progress = progress
    try:
        _write(counted(), output, is_list=True)
    except (APIError, PaginationError):
        if count:
            echo_stderr(progress())
        raise


def _parsed(client: Client, path: str) -> tuple[str, Fields, Fields]:
    """Return the route of a path, its values, and its query."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or parts.fragment or not parts.path.startswith("/"):
        raise CommandError("PATH must be a path below the base URL, such as /projects/ID/notebooks")
    route, values = "", dict[str, Any]()
    for each in map(unquote, parts.path.split("/")[1:]):
        if each in ("", ".", "..") or "{" in each:
            raise CommandError("PATH must have an id or a word between its slashes")
        name = f"part{len(values) + 1}"
        if each.startswith("name:"):
            values[name] = find_project_id(client, each)
        elif _WORD.fullmatch(each) is None:
            values[name] = each
        route += f"/{{{name}}}" if name in values else f"/{each}"
    return route, values, _collected(parse_qsl(parts.query, keep_blank_values=True))


def _collected(pairs: Iterable[tuple[str, object]]) -> Fields:
    """Return the values by their keys; a list where there are several."""
    found: dict[str, list[object]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: each[0] if len(each) == 1 else each for key, each in found.items()}


def _split(field: str) -> tuple[str, str]:
    key, found, text = field.partition("=")
    if not found or not key:
        raise CommandError("a field must be KEY=VALUE (it is not shown here: it may be a secret)")
    if key.casefold() in _SECRET_KEYS and not text.startswith("@"):
        raise CommandError(
            f"the field {key!r} may be a secret, which is never given as an argument",
            hint=f"-F {key}=@FILE reads it from a file, and -F {key}=@- from standard input",
        )
    return key, text


def _text(field: str) -> tuple[str, object]:
    key, text = _split(field)
    if key.casefold() in _SECRET_KEYS:
        raise CommandError(f"-F {key}=@FILE reads a file; -f sends a text as it is")
    return key, text


def _value(field: str) -> tuple[str, object]:
    key, text = _split(field)
    if text.startswith("@"):
        return key, read_stream(None if text == "@-" else text[1:], f"the file of -F {key}")
    try:
        value: object = json.loads(text, parse_constant=str)
    except ValueError:
        return key, text
    return key, text if isinstance(value, str | list | dict) else value


def _json_of(path: str) -> JSONValue:
    text = read_stream(None if path == "-" else path, "the file of --input")
    try:
        return cast("JSONValue", json.loads(text))
    except (ValueError, RecursionError):  # whose text and frames hold the JSON
        pass
    raise CommandError("--input must be JSON (it is not shown here: it may hold a secret)")
