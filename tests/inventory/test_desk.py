"""The desk, which decides what comes next: whatever ends first, every project comes out once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paperspace_projects import Project, ProjectFailure
from paperspace_projects.errors import PaperspaceError
from paperspace_projects.inventory.options import PARTS, Request, Tally
from paperspace_projects.inventory.scheduler import Desk, NextProjects, Unit


class Play:
    """Carries out what a desk deals in any order, as chance has it, and watches its limits."""

    def __init__(self, desk: Desk, pages: list[list[Project | str]], concurrency: int) -> None:
        self.desk = desk
        self.pages = pages[::-1]
        self.concurrency = concurrency
        self.dealt: list[Unit | NextProjects] = []
        self.waiting: set[int] = set()
        self.most = 0
        self.yielded: list[str] = []

    def run(self, draw: st.DataObject, fails: set[str]) -> None:
        while not self.desk.is_done:
            unit = self.desk.next_unit()
            if unit is not None:
                self.dealt.append(unit)
                if isinstance(unit, Unit):
                    self.waiting.add(unit.entry.index)
                assert len(self.dealt) <= 2 * self.concurrency + 1
                assert len(self.waiting) <= self.concurrency
                continue
            if not self.desk.can_deliver:
                # Of what was dealt first, so many are under way, and any of them may end.
                index = draw.draw(st.integers(0, min(len(self.dealt), self.concurrency) - 1))
                self.carry_out(self.dealt.pop(index), fails)
            for result in self.desk.deliver():
                failed = isinstance(result, ProjectFailure)
                self.yielded.append(result.project_id if failed else result.project.id)
                self.waiting.discard(int(self.yielded[-1]))

    def carry_out(self, unit: Unit | NextProjects, fails: set[str]) -> None:
        if isinstance(unit, NextProjects):
            self.desk.add(self.pages.pop()) if self.pages else self.desk.end()
            return
        if unit.entry.id in fails:
            unit.entry.fail(PaperspaceError("no"))
        elif unit.part == "project":
            unit.entry.project = Project(id=unit.entry.id, name="n")
        self.desk.take(unit)


REQUESTS = st.builds(
    Request,
    include=st.lists(st.sampled_from(PARTS), unique=True).map(tuple),
    concurrency=st.integers(1, 6),
    in_order=st.booleans(),
    on_progress=st.none(),
)


@given(
    request=REQUESTS,
    sizes=st.lists(st.integers(1, 9), max_size=6),
    lists=st.booleans(),
    fails=st.sets(st.integers(0, 60).map(str)),
    draw=st.data(),
)
def test_every_project_comes_out_once_whatever_ends_first(
    request: Request, sizes: list[int], lists: bool, fails: set[str], draw: st.DataObject
) -> None:
    tally = Tally(request, None)
    ids = [str(number) for number in range(sum(sizes))]
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    pages: list[list[Project | str]] = (
        [
            [Project(id=each, name="n") for each in ids[start : start + size]]
            for start, size in zip(starts, sizes, strict=True)
        ]
        if lists
        else [[each] for each in ids]
    )
    play = Play(Desk(request, tally, lists=lists), pages, request.concurrency)
    play.run(draw, fails)
    assert sorted(play.yielded, key=int) == ids
    assert not request.in_order or play.yielded == ids
    tally.raise_problem()


def test_a_hundred_thousand_projects_pass_through_a_few_at_a_time() -> None:
    request = Request(include=("tags",), concurrency=16, in_order=True, on_progress=None)
    desk = Desk(request, Tally(request, None), lists=True)
    listed = done = 0
    while not desk.is_done:
        unit = desk.next_unit()
        if isinstance(unit, NextProjects):
            count = min(120, 100_000 - listed)
            desk.add([Project(id=str(listed + each), name="n") for each in range(count)])
            listed += count
            if not count:
                desk.end()
        elif unit is not None:
            desk.take(unit)
        done += sum(1 for _ in desk.deliver())
        held = [len(each) for each in vars(desk).values() if hasattr(each, "__len__")]
        assert sum(held) <= 120 + 3 * 16
    assert done == 100_000
