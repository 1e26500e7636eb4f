"""Whatever ends first, the scheduler returns every project once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paperspace_projects import Project, ProjectFailure
from paperspace_projects.errors import PaperspaceError
from paperspace_projects.inventory.scheduler import (
    PARTS,
    InventoryOptions,
    ListTask,
    ReadTask,
    Scheduler,
)


class Play:
    """Carries out tasks in any order, as chance has it, and watches the scheduler's limits."""

    def __init__(
        self, scheduler: Scheduler, pages: list[list[Project | str]], concurrency: int
    ) -> None:
        self.scheduler = scheduler
        self.pages = pages[::-1]
        self.concurrency = concurrency
        self.tasks: list[ReadTask | ListTask] = []
        self.waiting: set[str] = set()
        self.yielded: list[str] = []

    def run(self, draw: st.DataObject, fails: set[str]) -> None:
        while True:
            while (task := self.scheduler.next_task()) is not None:
                self.tasks.append(task)
                if isinstance(task, ReadTask):
                    self.waiting.add(task.builder.id)
                assert len(self.tasks) <= 2 * self.concurrency + 1
                assert len(self.waiting) <= self.concurrency
            if (result := self.scheduler.next_result()) is not None:
                failed = isinstance(result, ProjectFailure)
                self.yielded.append(result.project_id if failed else result.project.id)
                self.waiting.discard(self.yielded[-1])
            elif self.scheduler.is_done:
                break
            else:
                # Of the first tasks, so many are carried out at a time, and any of them may end.
                index = draw.draw(st.integers(0, min(len(self.tasks), self.concurrency) - 1))
                self.carry_out(self.tasks.pop(index), fails)

    def carry_out(self, task: ReadTask | ListTask, fails: set[str]) -> None:
        if isinstance(task, ListTask):
            self.scheduler.add(self.pages.pop() if self.pages else [])
        elif task.builder.id in fails:
            task.builder.fail(PaperspaceError("no"))
        else:
            is_whole = task.part == "project"
            task.builder.complete(
                task.part, Project(id=task.builder.id, name="n") if is_whole else ()
            )


OPTIONS = st.builds(
    InventoryOptions,
    include=st.lists(st.sampled_from(PARTS), unique=True).map(tuple),
    concurrency=st.integers(1, 6),
    in_order=st.booleans(),
    on_progress=st.none(),
    project_ids=st.sampled_from([None, iter(())]),
)


@given(
    options=OPTIONS,
    sizes=st.lists(st.integers(1, 9), max_size=6),
    fails=st.sets(st.integers(0, 60).map(str)),
    draw=st.data(),
)
def test_every_project_comes_out_once_whatever_ends_first(
    options: InventoryOptions, sizes: list[int], fails: set[str], draw: st.DataObject
) -> None:
    ids = [str(number) for number in range(sum(sizes))]
    starts = [sum(sizes[:index]) for index in range(len(sizes))]
    pages: list[list[Project | str]] = (
        [
            [Project(id=each, name="n") for each in ids[start : start + size]]
            for start, size in zip(starts, sizes, strict=True)
        ]
        if options.project_ids is None
        else [[each] for each in ids]
    )
    play = Play(Scheduler(options), pages, options.concurrency)
    play.run(draw, fails)
    assert sorted(play.yielded, key=int) == ids
    assert not options.in_order or play.yielded == ids
    play.scheduler.raise_error()


def test_a_hundred_thousand_projects_pass_through_a_few_at_a_time() -> None:
    options = InventoryOptions(include=("tags",), concurrency=16, in_order=True, on_progress=None)
    scheduler = Scheduler(options)
    listed = done = 0
    while not scheduler.is_done:
        task = scheduler.next_task()
        if isinstance(task, ListTask):
            count = min(120, 100_000 - listed)
            scheduler.add([Project(id=str(listed + each), name="n") for each in range(count)])
            listed += count
        elif task is not None:
            task.builder.complete(task.part, ())
        while scheduler.next_result() is not None:
            done += 1
        held = [len(each) for each in vars(scheduler).values() if hasattr(each, "__len__")]
        assert sum(held) <= 120 + 3 * 16
    assert done == 100_000
