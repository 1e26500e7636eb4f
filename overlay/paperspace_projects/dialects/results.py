"""What a dialect report says, and how it is made of the answers. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Final, Literal, TypeAlias

import msgspec

from .._version import __version__
from .shapes import DIALECTS, Answer, Comparison, Dialect, Difference, described, texts

Verdict: TypeAlias = Literal[
    "both", "contract", "live", "differs", "refused", "gateway", "no answer", "not asked"
]

_FINE: Final = ("both", "contract", "live", "not asked")
_GATEWAY: Final = "HTML, or an error without JSON: from a gateway, and not from the API"
_INVENTED: Final = "no id was given, and the server knows no invented one"


class OperationReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the answers to one operation compare with what is described.

    `verdict` is `both`, `contract` or `live` for those that describe them; `differs`; `refused` (an
    error as described); `gateway` (HTML, or an error without JSON: no answer of the API);
    `no answer`; or `not asked`. `reason` says why. `request` is the method and the template of the
    path. `differences` are from the dialect that the server speaks on the whole; `unseen` are the
    described places that were in no answer, such as the items of an empty list.
    """

    operation: str
    request: str
    verdict: Verdict
    statuses: tuple[int, ...] = ()
    differences: tuple[Difference, ...] = ()
    unseen: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_as_described(self) -> bool:
        """Whether nothing differs; an operation that was not asked counts as well."""
        return self.verdict in _FINE


class Report(msgspec.Struct, frozen=True):
    """The shapes of a server's answers beside those of the contract and of the live dialect.

    `dialect` is the one that the server speaks on the whole; None if its answers fit both alike.
    `left_over` says which scratch project could not be removed, and how to remove it.
    """

    dialect: Dialect | None
    operations: tuple[OperationReport, ...]
    left_over: str | None = None

    @property
    def is_as_described(self) -> bool:
        """Whether no operation differs, and each that was asked has answered."""
        return all(each.is_as_described for each in self.operations)

    @property
    def summary(self) -> str:
        """One line: the dialect, and how many operations have each verdict."""
        counts = Counter(each.verdict for each in self.operations)
        told = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
        return f"dialect: {self.dialect or 'not told by the answers'}; operations: {told}"

    def to_dict(self) -> dict[str, object]:
        """The report as plain data for JSON, to be published: no id, name, value, key or URL.

        Example: `print(json.dumps(dialects.report(client).to_dict()))`
        """
        return {
            "made_by": f"paperspace-projects {__version__}",
            "dialect": self.dialect,
            "operations": msgspec.to_builtins(self.operations),
        }


class Observations:
    """What the server was asked, and what it answered, by operation."""

    def __init__(self) -> None:
        self.answers: defaultdict[str, list[Answer]] = defaultdict(list)
        self.reasons: dict[str, str] = {}
        """Why an operation was not asked."""
        self.lost: dict[str, str] = {}
        """The class of the error of an operation that got no answer."""
        self.invented: set[str] = set()
        """The operations that were sent an invented id."""
        self.sent: set[str] = set()
        """The names and ids that were sent."""

    def report(self, *, left_over: str | None = None) -> Report:
        unshown = self.sent.union(
            *(texts(each.body) for answers in self.answers.values() for each in answers)
        )
        rows = [_Row(self, operation, unshown) for operation in described()]
        counts = {each: sum(len(row.differences(each)) for row in rows) for each in DIALECTS}
        fewest = min(DIALECTS, key=counts.__getitem__)
        dialect = fewest if len(set(counts.values())) > 1 else None
        made = tuple(row.report(dialect) for row in rows)
        return Report(dialect=dialect, operations=made, left_over=left_over)


class _Row:
    """The answers to one operation, compared with both dialects."""

    def __init__(self, observed: Observations, operation: str, unshown: set[str]) -> None:
        self._observed = observed
        self._operation = operation
        self._described = described()[operation]
        self._answers = observed.answers[operation]
        self._refused = False
        self._comparisons = {
            each: Comparison(self._described.answers(each), unshown) for each in DIALECTS
        }
        errors = self._described.live.get("default") or {}  # the contract describes none
        for answer in self._answers:
            for comparison in self._comparisons.values():
                if answer.is_gateway:
                    pass
                elif answer.is_error:
                    self._refused |= comparison.add_error(answer, errors)
                else:
                    comparison.add(answer)

    def differences(self, dialect: Dialect) -> tuple[Difference, ...]:
        return self._comparisons[dialect].differences

    def report(self, spoken: Dialect | None) -> OperationReport:
        """Make the report; `spoken` is the dialect of the server on the whole."""
        fewest = min(reversed(DIALECTS), key=lambda each: len(self.differences(each)))
        closest: Dialect = fewest if spoken is None else spoken
        fitting: list[Dialect] = [each for each in DIALECTS if not self.differences(each)]
        verdict, reason = self._verdict(closest, fitting)
        differences = self.differences(closest) if verdict == "differs" else ()
        is_compared = verdict in ("differs", *DIALECTS, "both")
        named = {each.path for each in differences}
        unseen = (each for each in self._comparisons[closest].unseen if each not in named)
        return OperationReport(
            operation=self._operation,
            request=self._described.request,
            verdict=verdict,
            statuses=tuple(sorted({each.status for each in self._answers})),
            differences=differences,
            unseen=tuple(unseen) if is_compared else (),
            reason=reason,
        )

    def _verdict(self, closest: Dialect, fitting: list[Dialect]) -> tuple[Verdict, str]:
        observed, operation = self._observed, self._operation
        if not self._answers:
            if operation in observed.lost:
                return "no answer", observed.lost[operation]
            return "not asked", observed.reasons.get(operation, "")
        if closest not in fitting:
            return "differs", f"as the other dialect, {fitting[0]}" if fitting else ""
        if any(each.is_gateway for each in self._answers):
            return "gateway", _GATEWAY
        if self._refused:
            is_expected = operation in observed.invented and self._answers[-1].status < 500
            refused = f"{self._answers[-1].status}, an error as described"
            return ("not asked", _INVENTED) if is_expected else ("refused", refused)
        return ("both" if len(fitting) > 1 else closest), ""
