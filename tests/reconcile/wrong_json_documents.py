"""Documents in JSON that are no desired state, and the problems of each."""

from __future__ import annotations

from reconcile.wrong_documents import NO_JSON, NOT_TEXT, SHY, Problem

WRONG_JSON: dict[str, tuple[str, list[Problem]]] = {
    "nothing at all": (
        "",
        [
            ("1:1", "", f"{NO_JSON}Expecting value"),
        ],
    ),
    "a comma too much": (
        "[1,\n,2]",
        [
            ("2:1", "", f"{NO_JSON}Expecting value"),
        ],
    ),
    "a comma too few": (
        "[1\n 2]",
        [
            ("2:2", "", f"{NO_JSON}Expecting ',' delimiter"),
        ],
    ),
    "no colon": (
        '{"a" 1}',
        [
            ("1:6", "", f"{NO_JSON}Expecting ':' delimiter"),
        ],
    ),
    "no quotes": (
        "{a: 1}",
        [
            ("1:2", "", f"{NO_JSON}Expecting property name enclosed in double quotes"),
        ],
    ),
    "no end": (
        '{"version": 1',
        [
            ("1:14", "", f"{NO_JSON}Expecting ',' delimiter"),
        ],
    ),
    "more after the end": (
        "{}\n{}",
        [
            ("2:1", "", f"{NO_JSON}Extra data"),
        ],
    ),
    "not a number": (
        '{"projects": [],\n "version": NaN}',
        [
            ("2:13", "version", "must be 1, not NaN, which is not JSON"),
        ],
    ),
    "a string over lines": (
        '["a\nb"]',
        [
            ("1:4", "", f"{NO_JSON}Invalid control character"),
        ],
    ),
    "an unknown escape": (
        r'["\x"]',
        [
            ("1:3", "", f"{NO_JSON}Invalid \\escape"),
        ],
    ),
    "a long number": (
        f'{{"projects": [],\n "version": {"1" * 5000}}}',
        [
            ("2:13", "version", "must be 1, not a number with too many digits"),
        ],
    ),
    "a lone surrogate": (
        '{"version": 1, "projects": [\n{"name": "\\ud800"}]}',
        [
            (
                "2:10",
                "projects[0].name",
                "must be text that UTF-8 can carry (it has a lone surrogate)",
            ),
        ],
    ),
    "a key twice": (
        '{"version": 1,\n "projects": [],\n "version": 1}',
        [
            ("3:2", "version", "duplicate key, first on line 1"),
        ],
    ),
    "a boolean and a number": (
        '{"version": true, "projects": [{"name": 7, "description": false}]}',
        [
            ("1:13", "version", "must be 1, not the boolean true"),
            ("1:41", "projects[0].name", "must be a string that is not blank, not the number 7"),
            ("1:59", "projects[0].description", f"{NOT_TEXT}the boolean false"),
        ],
    ),
    "a secret's value": (
        '{"version": 1, "projects": [{"name": "a",\n"secrets": {"A": "sesame"}}]}',
        [
            ("2:18", "projects[0].secrets.A", SHY),
        ],
    ),
}
