"""YAML documents that are no desired state, and what is told of each."""

from __future__ import annotations

from typing import get_args

from paperspace_projects import Role

HEAD = "version: 1\nprojects:\n- name: a\n  "
KEY = "a string that is not blank, nor `.` or `..`"
SHY = (
    "must be a reference: env:NAME, file:PATH or cmd:COMMAND. The value is not shown, as it may be "
    "the secret itself: if it is, remove it here, and change the secret"
)
NOT_KEY = f"must be {KEY}, not "
NOT_TEXT = "must be a string, not "
NOT_TAGS = "must be a list of tags, not "
QUOTE = " (put it in quotes)"
NULL = " (omit it if it is not managed, or write "
RENAME = "give both an id, or rename one of them"
TAGGED = "a value with a tag (!), which is not supported"
NO_YAML = "is not valid YAML: "
NO_JSON = "is not valid JSON: "

Problem = tuple[str | None, str, str]
"""Line and column, field, and what is wrong."""

NOT_SHOWN = (
    "must be letters, digits and underscores, a letter first. The value is not shown, as it may be "
    "the secret itself: if it is, remove it here, and change the secret"
)
WRONG: dict[str, tuple[str, list[Problem]]] = {
    "nothing at all": (
        "",
        [
            (None, "", "is empty"),
        ],
    ),
    "a comment alone": (
        "# nothing\n",
        [
            (None, "", "is empty"),
        ],
    ),
    "a list": (
        "- a",
        [
            (
                "1:1",
                "",
                "must be a desired state: a mapping with version and projects, not a list",
            ),
        ],
    ),
    "no version, no projects": (
        "{}",
        [
            ("1:1", "", "version is missing"),
            ("1:1", "", "projects is missing"),
        ],
    ),
    "another version": (
        "projects: []\nversion: 2",
        [
            ("2:10", "version", "must be 1, not the number 2"),
        ],
    ),
    "a version in quotes": (
        "projects: []\nversion: '1'",
        [
            ("2:10", "version", "must be 1, not '1'"),
        ],
    ),
    "an unknown key, much like a known one": (
        HEAD + "tag: [x]",
        [
            ("4:3", "projects[0].tag", "unknown key: did you mean tags?"),
        ],
    ),
    "an unknown key in other letters": (
        HEAD + "Description: x",
        [
            ("4:3", "projects[0].Description", "unknown key: did you mean description?"),
        ],
    ),
    "an unknown key like none": (
        "version: 1\nprojects: []\nxyz: 1",
        [
            ("3:1", "xyz", "unknown key: known keys are version, projects"),
        ],
    ),
    "no name": (
        "version: 1\nprojects:\n- tags: []",
        [
            ("3:3", "projects[0]", "name is missing"),
        ],
    ),
    "a blank name": (
        "version: 1\nprojects: [{name: ' '}]",
        [
            ("2:19", "projects[0].name", "must be a string that is not blank, not ' '"),
        ],
    ),
    "a name twice": (
        HEAD + "id: p1\n- name: b\n- name: a",
        [
            (
                "6:9",
                "projects[2].name",
                f"another project has the name 'a' too (line 3): {RENAME}",
            ),
        ],
    ),
    "a name three times": (
        HEAD + "id: p1\n- {name: a, id: p2}\n- name: a\n- {name: a, id: p3}",
        [
            (
                "6:9",
                "projects[2].name",
                f"another project has the name 'a' too (line 3): {RENAME}",
            ),
            (
                "7:10",
                "projects[3].name",
                f"another project has the name 'a' too (line 3): {RENAME}",
            ),
        ],
    ),
    "an id twice": (
        HEAD + "id: p1\n- {name: b, id: p1}",
        [
            ("5:17", "projects[1].id", "another project has the id 'p1' too (line 4)"),
        ],
    ),
    "an id that leads elsewhere": (
        HEAD + "id: ..",
        [
            ("4:7", "projects[0].id", f"{NOT_KEY}'..'"),
        ],
    ),
    "a boolean for a string": (
        HEAD + "tags: [on, yes, 'yes']",
        [
            ("4:10", "projects[0].tags[0]", f"{NOT_KEY}the boolean on{QUOTE}"),
            ("4:14", "projects[0].tags[1]", f"{NOT_KEY}the boolean yes{QUOTE}"),
        ],
    ),
    "numbers for strings": (
        HEAD + "models: [7, 1.10, 0x1F]",
        [
            ("4:12", "projects[0].models[0]", f"{NOT_KEY}the number 7{QUOTE}"),
            ("4:15", "projects[0].models[1]", f"{NOT_KEY}the number 1.10{QUOTE}"),
            ("4:21", "projects[0].models[2]", f"{NOT_KEY}the number 0x1F{QUOTE}"),
        ],
    ),
    "a date for a string": (
        HEAD + "description: 2026-03-18",
        [
            ("4:16", "projects[0].description", f"{NOT_TEXT}a date{QUOTE}"),
        ],
    ),
    "null for a string": (
        HEAD + "description:",
        [
            ("4:15", "projects[0].description", f'{NOT_TEXT}null (omit it, or write "")'),
        ],
    ),
    "null for a list": (
        HEAD + "tags:\n  #- gpu",
        [
            ("4:8", "projects[0].tags", f"{NOT_TAGS}null{NULL}[] for none)"),
        ],
    ),
    "null for a mapping": (
        HEAD + "secrets: ~",
        [
            (
                "4:12",
                "projects[0].secrets",
                f"must be a mapping from names to references{NULL}{{}} for none)",
            ),
        ],
    ),
    "a mapping for a list": (
        HEAD + "tags: {gpu: true}",
        [
            ("4:9", "projects[0].tags", f"{NOT_TAGS}a mapping"),
        ],
    ),
    "a list for a mapping": (
        HEAD + "collaborators:\n  - u1",
        [
            (
                "5:3",
                "projects[0].collaborators",
                "must be a mapping from user ids to roles, not a list",
            ),
        ],
    ),
    "a tag twice": (
        HEAD + "tags: [a, b, a]",
        [
            ("4:16", "projects[0].tags[2]", "duplicate item 'a'"),
        ],
    ),
    "a tag that is blank, one that leads elsewhere": (
        HEAD + "tags: ['', '.']",
        [
            ("4:10", "projects[0].tags[0]", f"{NOT_KEY}''"),
            ("4:14", "projects[0].tags[1]", f"{NOT_KEY}'.'"),
        ],
    ),
    "an unknown role": (
        HEAD + "collaborators: {u1: owner, u2: viewer}",
        [
            (
                "4:23",
                "projects[0].collaborators.u1",
                f"must be one of {', '.join(get_args(Role))}, or null, not 'owner'",
            ),
        ],
    ),
    "a number for a user": (
        HEAD + "collaborators: {7: admin}",
        [
            ("4:19", "a key of projects[0].collaborators", f"{NOT_TEXT}the number 7{QUOTE}"),
        ],
    ),
    "a secret's value": (
        HEAD + "secrets: {A: sesame, B: 12345, C: [sesame], D: 'env:not a name'}",
        [
            ("4:16", "projects[0].secrets.A", SHY),
            ("4:27", "projects[0].secrets.B", SHY),
            (
                "4:37",
                "projects[0].secrets.C",
                "must be a reference: env:NAME, file:PATH or cmd:COMMAND, not a list",
            ),
            ("4:50", "projects[0].secrets.D", SHY),
        ],
    ),
    "a reference without an end": (
        HEAD + "secrets: {A: 'env:', B: 'file:', C: 'cmd:  ', D: \"cmd:op 'x\"}",
        [
            ("4:16", "projects[0].secrets.A", SHY),
            ("4:27", "projects[0].secrets.B", SHY),
            ("4:39", "projects[0].secrets.C", SHY),
            ("4:52", "projects[0].secrets.D", "the quotes of the command line do not match"),
        ],
    ),
    "a secret's name that the server refuses": (
        HEAD + 'secrets: {1A: "env:A", "B C": "env:B", "D\\n": "env:D"}',
        [
            (
                "4:13",
                "a key of projects[0].secrets",
                "must be letters, digits and underscores, a letter first, not '1A'",
            ),
            (
                "4:26",
                "a key of projects[0].secrets",
                NOT_SHOWN,
            ),
            (
                "4:42",
                "a key of projects[0].secrets",
                NOT_SHOWN,
            ),
        ],
    ),
    "a key twice": (
        HEAD + "tags: []\n  models: []\n  tags: [x]",
        [
            ("6:3", "projects[0].tags", "duplicate key, first on line 4"),
        ],
    ),
    "a merge key": (
        HEAD + "<<: {tags: []}",
        [
            (
                "4:3",
                "a key of projects[0]",
                f"{NOT_TEXT}a merge key (<<), which is not supported",
            ),
        ],
    ),
    "tags of YAML's": (
        HEAD + "description: !!python/object:os.system x\n  tags: !mine [a]",
        [
            ("4:16", "projects[0].description", f"{NOT_TEXT}{TAGGED}"),
            ("5:9", "projects[0].tags", f"{NOT_TAGS}{TAGGED}"),
        ],
    ),
    "a tag that a value does not fit": (
        "projects: []\nversion: !!int x",
        [
            ("2:10", "version", "must be 1, not a value that does not match its tag"),
        ],
    ),
    "two documents": (
        "version: 1\n---\nversion: 1",
        [
            (
                "2:1",
                "",
                f"{NO_YAML}expected a single document in the stream, but found another document",
            ),
        ],
    ),
    "a tabulator": (
        "version: 1\n\tprojects: []",
        [
            ("2:1", "", f"{NO_YAML}found character … that cannot start any token"),
        ],
    ),
    "an open bracket": (
        HEAD + "tags: [a",
        [
            ("4:11", "", f"{NO_YAML}expected ',' or ']', but got '<stream end>'"),
        ],
    ),
    "a control character": (
        HEAD + "description: a\x07b",
        [
            ("4:17", "", f"{NO_YAML}a character that is not allowed"),
        ],
    ),
    "an alias to nothing": (
        HEAD + "secrets: {A: *sesame}",
        [
            ("4:16", "", f"{NO_YAML}found undefined alias …"),
        ],
    ),
    "an alias to itself": (
        "version: 1\nprojects: &all [*all]",
        [
            ("2:11", "", "contains itself through an alias"),
        ],
    ),
}
