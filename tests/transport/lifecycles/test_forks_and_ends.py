"""A fork gets connections of its own, and an interpreter ends in silence."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support.systems import needs
from transport.lifecycles.holding_server import PATIENCE, HoldingServer

PROGRAMS = Path(__file__).parent / "programs.py"


def run(name: str, server: HoldingServer) -> None:
    """Run a program; it ends well and says nothing."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(PROGRAMS), name, server.url],
        capture_output=True,
        text=True,
        timeout=PATIENCE * 6,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_connection_that_is_kept_stays_the_parents(server: HoldingServer) -> None:
    needs("forks")
    run("kept_connection_stays_the_parents", server)
    # One of the parent's, and one of each child that made a call.
    assert server.connections == 4
    server.until(lambda: server.open == 0)


def test_parent_and_children_work_at_once_with_their_own_answers(server: HoldingServer) -> None:
    needs("forks")
    run("both_at_once", server)
    assert len(server.ids) == 1 + 40 + 4 * 5


def test_a_fork_while_a_thread_is_at_a_call_does_not_hang(server: HoldingServer) -> None:
    needs("forks")

    def let_go() -> None:
        server.until(lambda: "let-go" in server.ids)
        server.let_go.set()

    thread = threading.Thread(target=let_go)
    thread.start()
    run("while_a_thread_is_at_a_call", server)
    thread.join()
    assert server.ids[-1] == "parent-2"


@pytest.mark.parametrize("name", ["with_an_http_client", "unused_before"])
def test_connections_that_are_the_users_are_not_used_in_two_processes(
    server: HoldingServer, name: str
) -> None:
    needs("forks")
    run(name, server)
    children = [each for each in server.ids if each.startswith("child")]
    assert children == (["child-1"] if name == "unused_before" else [])


def test_a_fork_on_an_event_loop_gets_connections_of_its_own(server: HoldingServer) -> None:
    needs("forks")
    run("async_fork", server)
    assert server.ids == ["parent-1", "child-1", "parent-2"]
    assert server.connections == 2


@pytest.mark.parametrize("name", ["unclosed_at_the_end", "interrupted_at_the_end"])
def test_an_interpreter_that_ends_with_an_unclosed_client_is_silent(
    server: HoldingServer, name: str
) -> None:
    run(name, server)
    server.until(lambda: server.open == 0)
