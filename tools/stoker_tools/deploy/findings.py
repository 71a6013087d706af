"""A finding: something that is missing or wrong in a project, with the command that mends it."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from stoker_tools.setup.app_root import as_typed
from stoker_tools.setup.functions_folder import with_folder

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """Something that is missing or wrong.

    Attributes:
        code: A stable name, such as `no-database`.
        message: A sentence that says what is wrong.
        cure: The command that mends it, or a sentence that says what to do.
        severity: `error` if a part of the backend can't work, else `warning`.
        names: The things that it is about, such as functions; empty if it is about the project.
        follows: The findings that this one causes. They are gone when it is mended, or have a cause of their own.
    """

    code: str
    message: str
    cure: str
    severity: Severity = "error"
    names: tuple[str, ...] = ()
    follows: tuple["Finding", ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `--json` prints it."""
        return {**asdict(self), "message": as_typed(self.message), "cure": as_typed(with_folder(self.cure))}


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
    return as_typed("\n".join(line for one in findings for line in _lines(one)))


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity:9}{finding.code}: {finding.message}"
    yield f"{'':9}{with_folder(finding.cure)}"
    if finding.follows:
        codes = ", ".join(dict.fromkeys(one.code for one in finding.follows))
        number = "1 finding follows" if len(finding.follows) == 1 else f"{len(finding.follows)} findings follow"
        yield f"{'':9}{number} from it: {codes}."
