"""The benchmark measures what it says: the same work, a ratio in the same round, and no more."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.append(str(Path(__file__).parents[3]))  # where `scripts` is

from scripts.benchmarks import budget, report, responses, results
from scripts.benchmarks.candidate import CANDIDATES, OURS, REFERENCE
from scripts.benchmarks.candidates import PAGE, PART, PARTS
from scripts.benchmarks.processes import hidden_from, import_times, measure, serving, time_lines
from scripts.benchmarks.workloads import root

INSTALLED = [REFERENCE, OURS, "stock generated", "bare socket"]
"""The candidates that need nothing but what this project does."""


@pytest.fixture(scope="module")
def roots() -> Iterator[dict[str, str]]:
    with serving(0) as roots:
        yield roots


@pytest.mark.parametrize("name", INSTALLED)
def test_each_candidate_does_the_same_work(roots: dict[str, str], name: str) -> None:
    opens: Any = CANDIDATES[name].client("Sync")
    client = opens(root(roots, 3 * PAGE - 1))
    found = client.get(7)
    text = found.decode() if isinstance(found, bytes) else str(found)
    assert "project 7" in text
    if name != "bare socket":
        assert len(list(client.list_all())) == 3 * PAGE - 1
        assert [len(client.list_part(7, kind)) for kind in range(len(PARTS))] == [PART] * 4
    client.close()


def test_ours_reads_what_raw_httpx_does(roots: dict[str, str]) -> None:
    ours: Any = CANDIDATES[OURS].client("Sync")
    raw: Any = CANDIDATES[REFERENCE].client("Sync")
    url = root(roots, 2 * PAGE)
    one, other = ours(url), raw(url)
    projects, dicts = list(one.list_all()), list(other.list_all())
    assert [each.id for each in projects] == [each["id"] for each in dicts]
    assert [each.team_id for each in projects] == [each["teamId"] for each in dicts]
    one.close()
    other.close()


@pytest.mark.parametrize("shape", responses.SHAPES, ids=lambda shape: shape.page)
def test_a_listing_of_any_shape_ends_with_its_last_item(shape: responses.Shape) -> None:
    pages = [responses.Slice(0, 120, 250), responses.Slice(240, 250, 250)]
    first, last = (
        shape.envelope([shape.item(n) for n in range(at.start, at.stop)], at) for at in pages
    )
    assert (first, shape.links(pages[0])) != (last, shape.links(pages[1]))
    assert shape.links(pages[1]) == ""


def test_a_figure_comes_from_a_fresh_process(roots: dict[str, str]) -> None:
    figure = measure("get", CANDIDATES["bare socket"], roots)
    assert figure is not None
    assert figure > 0
    assert measure("list-async", CANDIDATES["bare socket"], roots) is None


def test_work_that_fails_says_so(roots: dict[str, str]) -> None:
    with pytest.raises(RuntimeError, match="KeyError"):
        measure("fan-out", CANDIDATES[REFERENCE], roots)  # there is no server with latency


def test_what_a_candidate_does_not_need_is_hidden_from_it() -> None:
    hidden = hidden_from(("httpx",))
    assert {"pytest", "respx"} <= set(hidden)
    assert not {"httpx", "httpcore", "anyio", "certifi"} & set(hidden)
    assert time_lines("import httpx", ("httpx",)) > 0
    with pytest.raises(RuntimeError, match="respx"):
        time_lines("import respx", ("httpx",))


def test_an_import_is_told_by_package() -> None:
    times = import_times("import httpx", ("httpx",))
    assert times["httpx"] > 0
    assert list(times.values()) == sorted(times.values(), reverse=True)


@pytest.fixture
def figures() -> results.Results:
    found = results.Results()
    for round_, machine in enumerate([1.0, 2.0, 4.0]):  # it gets slower and slower
        found.add("get", REFERENCE, round_, 0.2 * machine)
        found.add("get", OURS, round_, 0.1 * machine)
        found.add("get", "openai", round_, 0.3 * machine)
    found.add("fan-out", REFERENCE, 0, 1.0)
    found.add("fan-out", OURS, 0, 0.9)
    return found


def test_only_figures_of_one_round_are_compared(figures: results.Results) -> None:
    assert figures.ratio("get", OURS) == results.Spread(0.5, 0.5, 0.5)
    assert figures.seconds("get", OURS) == results.Spread(0.2, 0.1, 0.4)


def test_a_target_is_met_or_it_is_not(figures: results.Results) -> None:
    told = {each.title: each.is_met for each in results.verdicts(figures)}
    assert told == {
        "GET, to raw httpx": True,
        "fan-out at 20 ms in tasks, seconds (minimum 0.80)": False,
        "GET, ahead of every SDK": True,
    }


@pytest.mark.parametrize(("ours", "is_met"), [(1.02, True), (1.04, False)])
def test_in_the_fan_out_no_sdk_may_be_much_ahead(ours: float, is_met: bool) -> None:
    found = results.Results()
    found.add("fan-out", OURS, 0, ours)
    found.add("fan-out", "openai", 0, 1.0)
    told = {each.title: each.is_met for each in results.verdicts(found)}
    assert told["fan-out, tasks, no SDK more than 3% ahead"] is is_met


def test_the_tables_tell_what_was_measured(
    figures: results.Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / report.PAGE
    page.write_text("before\n<!-- bench -->\nold\n<!-- end of bench -->\nafter\n")
    monkeypatch.setattr(report, "REPOSITORY", tmp_path)
    monkeypatch.setattr(report, "versions", lambda _: "versions")
    report.write(figures, report.machine(), 3)
    text = page.read_text()
    assert "| **paperspace-projects** | **0.50** | **0.9 s** |" in text
    fan_out = "fan-out at 20 ms in tasks, seconds (minimum 0.80)"
    assert f"| {fan_out} | ≤ 0.87 | 0.90 (0.90 - 0.90) | **no** |" in text
    assert "old" not in text
    assert text.startswith("before\n")
    assert text.endswith("after\n")


def test_the_docs_have_a_place_for_them() -> None:
    assert len(report.PLACE.findall((report.REPOSITORY / report.PAGE).read_text())) == 1


NOW: dict[str, Any] = {
    "versions": {"httpx": "0.28.1"},
    "counts": {"get": {"python": 1000, "c_calls": 100}},
    "native": {budget.BUILD: {"get": 100_000}},
    "modules": {"import": {"own": 3, "standard": 20, "packages": ["attrs"]}},
}


def changed(**more: Any) -> dict[str, Any]:
    return {**NOW, **more}


def loading(**more: Any) -> dict[str, Any]:
    return changed(modules={"import": {**NOW["modules"]["import"], **more}})


@pytest.mark.parametrize(
    ("now", "line"),
    [
        (NOW, None),
        (changed(counts={"get": {"python": 1019, "c_calls": 102}}), None),
        (
            changed(counts={"get": {"python": 1100, "c_calls": 100}}),
            "get: 1,100 Python instructions, 10.0% over the budget of 1,000",
        ),
        (
            changed(counts={"put": {"python": 1, "c_calls": 0}}),
            "put: 1 Python instructions, and no budget for them",
        ),
        (
            changed(native={budget.BUILD: {"get": 110_000}}),
            "get: 110,000 machine instructions, 10.0% over the budget of 100,000",
        ),
        (changed(native={"another build": {"get": 110_000}}), None),
        (changed(native={}), None),
        (loading(packages=["attrs", "httpx"]), "import: loads httpx, which it did not"),
        (loading(own=4), "import: loads 4 modules of ours, not 3"),
        (loading(standard=21), "import: loads 21 standard modules, not 20"),
    ],
)
def test_what_is_more_than_the_budget_is_named(now: dict[str, Any], line: str | None) -> None:
    assert budget.excesses(NOW, now)[:1] == ([] if line is None else [line])


def test_what_is_less_is_told() -> None:
    now = {**loading(own=2, packages=[]), "counts": {"get": {"python": 500, "c_calls": 100}}}
    assert budget.excesses(NOW, now) == []
    assert budget.savings(NOW, now) == [
        "get: 500 instead of 1,000 (python)",
        "import: no longer loads attrs",
        "import: loads 2 modules of ours instead of 3",
    ]


def test_a_budget_is_read_as_it_was_written() -> None:
    assert tomllib.loads(budget.text_of({"3.11": NOW})) == {"3.11": NOW}
    committed = tomllib.loads(budget.BUDGET.read_text())
    assert budget.text_of(committed) == budget.BUDGET.read_text()
