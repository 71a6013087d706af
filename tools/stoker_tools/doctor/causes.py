"""Causes and what follows from them, so that each cause is reported once, first, and with one cure. It is pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from stoker_tools.deploy.findings import Finding, has_errors

UNREAD = "unread"
"""The name in the table of all findings `unread-NAME`."""

SWEEP = frozenset({"sweep-never", "sweep-silent"})
STUCK = frozenset({"job-overdue", "lease-lapsed"})
FAILING = SWEEP | STUCK | {"schedule-failing"}
"""The findings about functions that do not do their work."""

ABSENT = frozenset({"functions-missing", "functions-elsewhere", "schedule-missing", "queue-missing"})
OLD = frozenset({"function-left-over", "functions-mixed", "other-version", "schedule-account"})
"""The findings that a whole deployment mends, beside `ABSENT`."""


@dataclass(frozen=True)
class Effects:
    """The findings that follow from a cause, by their codes.

    Attributes:
        always: Those that follow whatever they are about.
        of_the_same: Those that follow only if the cause is about the same things too, such as the same queues.
    """

    always: frozenset[str] = frozenset()
    of_the_same: frozenset[str] = frozenset()


EFFECTS: Mapping[str, Effects] = {
    # Facts can't be read.
    "login-expired": Effects(of_the_same=frozenset({UNREAD})),
    "no-answer": Effects(of_the_same=frozenset({UNREAD})),
    "emulator-silent": Effects(FAILING | {"emulator-silent"}, frozenset({UNREAD})),
    "quota-refused": Effects(of_the_same=frozenset({UNREAD})),
    "billing-off": Effects(FAILING | {"function-broken", "queue-off", "schedule-off"}, frozenset({UNREAD})),
    "apis-off": Effects(FAILING | ABSENT | {"not-deployed", "no-database"}, frozenset({UNREAD})),
    "may-not-read": Effects(of_the_same=frozenset({UNREAD})),
    # The checkout is about another place. Each of the cures of the effects would move the functions.
    "wrong-region": Effects(
        ABSENT | OLD | {"no-region", "role-missing", "schedule-off", "queue-off", "no-cors", "cors-headers"}
    ),
    "no-region": Effects(ABSENT | OLD | {"not-deployed"}, frozenset({UNREAD})),
    "no-database": Effects(FAILING | {"index-missing", "ttl-missing"}, frozenset({UNREAD})),
    # Something is not there. A deployment makes it.
    "function-deploying": Effects(ABSENT | OLD | {"role-missing"}),
    "not-deployed": Effects(
        ABSENT
        | FAILING
        | OLD
        | {"role-missing", "index-missing", "index-needed", "ttl-missing", "rules-missing", "rules-differ"}
        | {"schedule-off", "queue-off"}
    ),
    "functions-missing": Effects(ABSENT | OLD | {"role-missing"}, FAILING | {"schedule-off", "queue-off"}),
    "functions-elsewhere": Effects(
        (ABSENT - {"functions-missing"}) | OLD | {"role-missing"}, FAILING | {"schedule-off", "queue-off"}
    ),
    # A part does not work.
    "function-broken": Effects(of_the_same=FAILING),
    "role-missing": Effects(FAILING),
    "index-missing": Effects(FAILING | {"index-missing", "index-needed", "ttl-missing"}),
    "index-creating": Effects(FAILING | {"index-creating", "index-needed"}),
    "index-broken": Effects(FAILING | {"index-broken", "index-needed", "ttl-broken"}),
    "index-needed": Effects(FAILING, frozenset({UNREAD})),
    "schedule-missing": Effects(of_the_same=SWEEP),
    "schedule-off": Effects(of_the_same=SWEEP),
    "schedule-account": Effects(of_the_same=SWEEP | {"schedule-failing"}),
    "queue-missing": Effects(of_the_same=frozenset({"job-overdue"})),
    "queue-off": Effects(of_the_same=frozenset({"job-overdue"})),
    "no-bucket": Effects(of_the_same=frozenset({"rules-missing"})),
    "project-stopped": Effects(frozenset({"project-near-limit", "job-overdue"})),
    "sweep-never": Effects(STUCK, frozenset({"schedule-failing"})),
    "sweep-silent": Effects(STUCK, frozenset({"schedule-failing"})),
    "functions-mixed": Effects(frozenset({"other-version"})),
}
"""The effects of each cause, by its code. A cause stands before its effects, or is of the same kind."""

RANKS: Mapping[str, int] = {code: rank for rank, code in enumerate(EFFECTS)}


def folded(findings: Iterable[Finding]) -> list[Finding]:
    """Return the causes, each with everything that follows from it: errors first, and causes in the order of `EFFECTS`.

    Args:
        findings: All findings.

    Example:
        >>> one = Finding("schedule-off", "The schedule is off.", "Resume it.", names=("sweep_jobs",))
        >>> two = Finding("sweep-silent", "There was no sweep.", "Read the log.", names=("sweep_jobs",))
        >>> [(found.code, [more.code for more in found.follows]) for found in folded([two, one])]
        [('schedule-off', ['sweep-silent'])]
    """
    ordered = sorted(findings, key=_rank)
    roots: list[int] = []
    for number, finding in enumerate(ordered):
        # The root of an earlier finding is known already.
        earlier = (other for other in range(number) if _explains(ordered[other], finding))
        cause = next(earlier, None)
        roots.append(number if cause is None else roots[cause])
    causes = [
        _with(finding, [ordered[other] for other, root in enumerate(roots) if root == number and other != number])
        for number, finding in enumerate(ordered)
        if roots[number] == number
    ]
    return sorted(causes, key=lambda one: one.severity)


def _with(cause: Finding, follows: list[Finding]) -> Finding:
    """Return a cause with its effects. It is an error if one of them is."""
    return replace(cause, follows=tuple(follows), severity="error" if has_errors([cause, *follows]) else "warning")


def _explains(cause: Finding, finding: Finding) -> bool:
    effects = EFFECTS.get(cause.code)
    if effects is None:
        return False
    code = _code(finding)
    is_part = bool(finding.names) and set(finding.names) <= set(cause.names)
    return code in effects.always or (code in effects.of_the_same and is_part)


def _code(finding: Finding) -> str:
    return UNREAD if finding.code.startswith(f"{UNREAD}-") else finding.code


def _rank(finding: Finding) -> int:
    return RANKS.get(finding.code, len(RANKS))
