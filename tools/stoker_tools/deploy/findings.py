"""A finding: something that is missing or wrong in a project, with the command that mends it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """Something that is missing or wrong.

    Attributes:
        code: A stable name, such as `no-database`.
        message: A sentence that says what is wrong.
        cure: The command that mends it, or a sentence that says what to do.
        severity: `error` if a part of the backend can't work, else `warning`.
    """

    code: str
    message: str
    cure: str
    severity: Severity = "error"

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `--json` prints it."""
        return asdict(self)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether a finding is an error."""
    return any(finding.severity == "error" for finding in findings)


def as_text(findings: Iterable[Finding]) -> str:
    """Return a list for people: each finding with its cure.

    Example:
        >>> print(as_text([Finding("no-bucket", "The project has no bucket.", "Open the console.")]))
        error    no-bucket: The project has no bucket.
                 Open the console.
    """
    return "\n".join(f"{one.severity:9}{one.code}: {one.message}\n{'':9}{one.cure}" for one in findings)
