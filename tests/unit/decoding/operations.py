"""The operations, each as a call that a test can make, with a body that it reads."""

from __future__ import annotations

from typing import Any

from attrs import frozen
from support.driving import Driver
from support.examples import example

from scripts.operation_calls import CALLS, Call


@frozen
class Operation:
    """`run(drive, client)` makes the call and gives what a user gets; `good` is a fine answer."""

    call: Call
    good: Any

    def run(self, drive: Driver, client: Any) -> Any:
        made = self.call(client)
        # A few items are enough: an answer may name a next page for ever.
        return drive(made.collect(3) if self.call.is_list else made)


OPERATIONS = {id_: Operation(call, example(id_)) for id_, call in CALLS.items()}
