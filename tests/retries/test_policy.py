"""A retry policy is checked when it is made, and cannot be changed afterwards."""

from __future__ import annotations

import copy
import math
import pickle
from typing import Any

import msgspec
import pytest
from support.driving import Driver

from paperspace_projects import InvalidArgumentError, RetryPolicy

WAITS = ("initial_wait", "max_wait", "max_retry_after")


@pytest.mark.parametrize("value", [0, -1, 1.5, "3", None, True, math.inf, math.nan])
def test_max_attempts_is_a_whole_number_from_1_up(value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="max_attempts must be a whole number") as caught:
        RetryPolicy(max_attempts=value)
    assert caught.value.argument == "max_attempts"


@pytest.mark.parametrize("argument", WAITS)
@pytest.mark.parametrize(
    "value",
    [
        -1,
        -0.1,
        "3",
        None,
        True,
        False,
        math.inf,
        -math.inf,
        math.nan,
        [],
        pytest.param(10**400, id="10**400"),
    ],
)
def test_a_wait_is_a_number_of_seconds(argument: str, value: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=f"{argument} must be") as caught:
        RetryPolicy(**{argument: value})
    assert caught.value.argument == argument


@pytest.mark.parametrize("argument", WAITS)
@pytest.mark.parametrize("value", [0, 0.0, 0.1, 1, 3600.5])
def test_a_wait_may_be_nothing_or_long(argument: str, value: float) -> None:
    assert getattr(RetryPolicy(**{argument: value}), argument) == value


def test_a_policy_takes_no_positional_arguments() -> None:
    with pytest.raises(TypeError):
        RetryPolicy(3)  # type: ignore[misc]


def test_a_policy_cannot_be_changed() -> None:
    policy = RetryPolicy()
    with pytest.raises(AttributeError):
        policy.max_attempts = 9  # type: ignore[misc]


def test_policies_compare_hash_copy_and_pickle() -> None:
    policy = RetryPolicy(max_attempts=2)
    assert policy == RetryPolicy(max_attempts=2) != RetryPolicy()
    assert len({policy, RetryPolicy(max_attempts=2)}) == 1
    assert copy.deepcopy(policy) == pickle.loads(pickle.dumps(policy)) == policy


def test_a_changed_policy_is_checked_again() -> None:
    with pytest.raises(InvalidArgumentError):
        msgspec.structs.replace(RetryPolicy(), max_attempts=0)


@pytest.mark.parametrize("retry", [None, 3, {"max_attempts": 3}, RetryPolicy])
def test_a_client_takes_a_policy_and_nothing_else(drive: Driver, retry: Any) -> None:
    with pytest.raises(InvalidArgumentError, match="retry must be a RetryPolicy"):
        drive.client(retry=retry)
