"""What is wrong with a desired state is told at once, all of it, each at its place."""

from __future__ import annotations

import builtins
import copy
import json
import os
import pickle
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from reconcile.wrong_documents import HEAD, SHY, WRONG, Problem
from reconcile.wrong_json_documents import WRONG_JSON

from paperspace_projects import DesiredStateError, InvalidArgumentError
from paperspace_projects.reconcile import DesiredProject, DesiredState, Reference, load

WHOLE = """\
# a comment
version: 1
projects:
  - name: vision
    id: p123
    description: |
      What sees.
    collaborators: {u-1: admin, "2": null}
    secrets:
      HF_TOKEN: env:HF_TOKEN
      PASSWORD: file:secrets/pass word.txt
      PIN: "cmd:op read 'op://vault/pin'"
    tags: [gpu, "1.10", größe]
    models: &models
      - m1
  - {name: speech, tags: [], models: *models}
"""
VISION = DesiredProject(
    name="vision",
    id="p123",
    description="What sees.\n",
    collaborators={"u-1": "admin", "2": None},
    secrets={
        "HF_TOKEN": Reference("env", "HF_TOKEN"),
        "PASSWORD": Reference("file", "secrets/pass word.txt"),
        "PIN": Reference("cmd", "op read 'op://vault/pin'"),
    },
    tags=("gpu", "1.10", "größe"),
    models=("m1",),
)
SPEECH = DesiredProject(name="speech", tags=(), models=("m1",))


def written(tmp_path: Path, text: str | bytes, name: str = "d.yaml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    return path


def problems(path: Path | dict[str, Any], **options: Any) -> list[str]:
    """What is wrong, without the folder that the file is in."""
    with pytest.raises(DesiredStateError) as caught:
        load(path, **options)
    folder = "" if isinstance(path, dict) else f"{path.parent}{os.sep}"
    assert all(each in str(caught.value) for each in caught.value.problems)
    return [each.replace(folder, "") for each in caught.value.problems]


def test_the_content_of_a_file_can_be_given() -> None:
    loaded = load(WHOLE.encode(), format="yaml")
    assert (loaded.projects, loaded.base) == ((VISION, SPEECH), Path())
    with pytest.raises(DesiredStateError, match="the desired state:2:11: projects: must be a list"):
        load(b"version: 1\nprojects: 7\n", format="yaml")


def test_yaml_json_and_mappings_are_the_same_state(tmp_path: Path) -> None:
    state = load(written(tmp_path, WHOLE))
    assert state == DesiredState(projects=(VISION, SPEECH))
    assert state.base == tmp_path
    assert load(str(written(tmp_path, state.to_json(), "d.json"))) == state
    assert load(state.to_dict()) == state
    assert load(written(tmp_path, state.to_yaml(), "again.yml")) == state
    for again in (copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
        assert again == state


def test_a_part_that_is_left_out_is_no_empty_one() -> None:
    state = load({"version": 1, "projects": [{"name": "a", "tags": [], "secrets": {}}]})
    (project,) = state.projects
    assert (project.tags, project.secrets) == ((), {})
    assert (project.models, project.collaborators, project.description) == (None, None, None)
    assert project.to_dict() == {"name": "a", "tags": [], "secrets": {}}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_line_ends_and_a_byte_order_mark_make_no_difference(
    tmp_path: Path, end: str, mark: bytes
) -> None:
    path = written(tmp_path, mark + WHOLE.replace("\n", end).encode())
    assert load(path).projects == (VISION, SPEECH)


def told(file: str, problem: Problem) -> str:
    place, field, what = problem
    return ": ".join(filter(None, [file if place is None else f"{file}:{place}", field, what]))


@pytest.mark.parametrize("case", WRONG)
def test_each_problem_is_told_with_file_line_column_and_field(tmp_path: Path, case: str) -> None:
    text, expected = WRONG[case]
    found = problems(written(tmp_path, text))
    assert found == [told("d.yaml", each) for each in expected]
    assert "sesame" not in "".join(found)


def test_all_problems_are_told_at_once_in_their_order(tmp_path: Path) -> None:
    text = HEAD + "tagz: []\n  models: [1]\n- {name: a, secrets: {A: sesame}}\n- 7\nversion: 1"
    found = problems(written(tmp_path, text))
    places = [each.split(": ")[:2] for each in found]
    assert places == [
        ["d.yaml:4:3", "projects[0].tagz"],
        ["d.yaml:5:12", "projects[0].models[0]"],
        ["d.yaml:6:10", "projects[1].name"],
        ["d.yaml:6:26", "projects[1].secrets.A"],
        ["d.yaml:7:3", "projects[2]"],
        ["d.yaml:8:1", "version"],
    ]


def test_very_many_problems_fit_in_one_message(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + f"tags: {[*range(500)]}")
    with pytest.raises(DesiredStateError) as caught:
        load(path)
    assert len(caught.value.problems) == 500
    assert len(str(caught.value).splitlines()) < 30
    assert "500 problems" in str(caught.value)
    assert "480 more" in str(caught.value)


def test_aliases_cannot_make_billions_of_few_lines(tmp_path: Path) -> None:
    lines = ["version: 1", "projects: [*x9]", "x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 10)]
    lines.append(lines.pop(1))
    (problem,) = problems(written(tmp_path, "\n".join(lines)))
    assert problem.endswith("expands to more than 100,000 values through aliases")


@pytest.mark.parametrize("depth", [60, 5_000])
@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a": ', "}")])
@pytest.mark.parametrize("name", ["d.yaml", "d.json"])
def test_no_depth_is_too_much(tmp_path: Path, depth: int, begin: str, end: str, name: str) -> None:
    (problem,) = problems(written(tmp_path, begin * depth + "1" + end * depth, name))
    assert problem.startswith(name)
    assert problem.endswith("is nested too deeply")
    nested: Any = []
    for _ in range(depth):
        nested = [nested]
    (problem,) = problems({"version": 1, "projects": nested})
    assert problem == "the desired state: is nested too deeply"


@pytest.mark.parametrize("case", WRONG_JSON)
def test_json_is_told_of_in_the_same_way(tmp_path: Path, case: str) -> None:
    text, expected = WRONG_JSON[case]
    found = problems(written(tmp_path, text, "d.json"))
    assert found == [told("d.json", each) for each in expected]


@pytest.mark.parametrize(
    "text",
    ['{"a": [1, -0.5e+3, true, null, "x\\u00e9\\n\\"\\\\"], "b": {}, "c": []}', " [ ] ", '"a"'],
)
def test_json_is_read_as_python_reads_it(text: str) -> None:
    from paperspace_projects.reconcile.document.tree import read_json

    assert plain(read_json(text)) == json.loads(text)


def plain(node: Any) -> Any:
    if isinstance(node.value, tuple):
        return {key.value: plain(value) for key, value in node.value}
    if isinstance(node.value, list):
        return [plain(item) for item in node.value]
    return node.value


def test_mappings_are_told_of_without_lines() -> None:
    assert problems(
        {"version": 1, "projects": [{"name": "a", "tags": {"x"}, "secrets": {"A": "s"}}]}
    ) == [
        "the desired state: projects[0].tags: must be a list of tags, not a set",
        "the desired state: projects[0].secrets.A: " + SHY,
    ]
    itself: dict[str, Any] = {"version": 1}
    itself["projects"] = [itself]
    assert problems(itself) == ["the desired state: is nested too deeply"]


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    assert problems(tmp_path / "none.yaml") == [
        "none.yaml: cannot be read: No such file or directory"
    ]
    (tmp_path / "folder.json").mkdir()
    assert problems(tmp_path / "folder.json") == ["folder.json: cannot be read: Is a directory"]
    assert problems(written(tmp_path, b"version: 1\nprojects: [\xff]")) == [
        "d.yaml:2: is not text in UTF-8"
    ]


def test_what_a_file_is_written_in_is_told_by_suffix_or_format(tmp_path: Path) -> None:
    path = written(tmp_path, '{"version": 1, "projects": []}', "desired")
    with pytest.raises(InvalidArgumentError, match=r"format .*'desired', whose suffix does not"):
        load(path)
    for format in ("yaml", "json"):
        assert load(path, format=format) == DesiredState(projects=())
    with pytest.raises(InvalidArgumentError, match="format must be one of yaml, json"):
        load(path, format="toml")  # type: ignore[arg-type]


@pytest.mark.parametrize("source", [WHOLE, "a\0b.yaml", b"d.yaml", 5, None, ["d.yaml"]])
def test_what_is_neither_a_path_nor_a_mapping_is_refused(source: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="source must be the path of a file") as caught:
        load(source)
    assert "vision" not in str(caught.value)


def test_only_yaml_needs_an_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without_yaml(name: str, *args: Any) -> Any:
        if name == "yaml":
            raise ModuleNotFoundError(name)
        return original(name, *args)

    module = "paperspace_projects.reconcile.document.yaml_format"
    monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(builtins, "__import__", without_yaml)
    document = {"version": 1, "projects": [{"name": "a"}]}
    state = load(document)
    assert load(written(tmp_path, json.dumps(document), "d.json")) == state
    for needs_it in (lambda: load(written(tmp_path, WHOLE)), state.to_yaml):
        with pytest.raises(ImportError, match=r'pip install "\.\[reconcile\]" in a clone'):
            needs_it()


def test_nothing_of_a_document_is_carried_out(tmp_path: Path) -> None:
    path = written(tmp_path, "!!python/object/apply:os.mkdir ['made']")
    os.chdir(tmp_path)
    (problem,) = problems(path)
    assert "a value with a tag (!)" in problem
    assert not (tmp_path / "made").exists()


def test_pyyaml_still_has_what_is_relied_on() -> None:
    """The tree behind the text, its marks and its tags: what `yaml_format` reads."""
    root = yaml.compose("a: yes", Loader=yaml.SafeLoader)
    ((key, value),) = root.value
    assert SimpleNamespace(line=0, column=3).__dict__.items() <= vars(value.start_mark).items()
    assert (key.tag, value.tag) == ("tag:yaml.org,2002:str", "tag:yaml.org,2002:bool")
