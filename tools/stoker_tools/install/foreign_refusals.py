"""The reasons for which Stoker is not installed into an app, and the facts that its owner should know."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Refusal:
    """A reason not to install Stoker.

    Attributes:
        file: The file, relative to the directory of `firebase.json`.
        line: The line in the file, from 1; 0 if the reason is about the whole file.
        code: A stable name, such as `wider-rights`.
        sentence: A sentence that says what is wrong.
        cure: A sentence that says what to do. It may have several lines, such as an example.
    """

    file: str
    line: int
    code: str
    sentence: str
    cure: str

    @property
    def place(self) -> str:
        """The file with the line, such as `firestore.rules:12`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def as_json(self) -> dict[str, object]:
        """Return the refusal as `--json` prints it."""
        return asdict(self)


@dataclass(frozen=True)
class Remark:
    """A fact that is no reason to refuse, but that the app's owner should know.

    Attributes:
        file: The file, relative to the directory of `firebase.json`.
        line: The line in the file, from 1; 0 if the fact is about the whole file.
        code: A stable name, such as `own-blocking-function`.
        sentence: One or two sentences.
    """

    file: str
    line: int
    code: str
    sentence: str

    @property
    def place(self) -> str:
        """The file with the line, such as `functions/index.js:12`."""
        return f"{self.file}:{self.line}" if self.line else self.file

    def as_json(self) -> dict[str, object]:
        """Return the remark as `--json` prints it."""
        return asdict(self)


def as_text(found: Iterable[Refusal | Remark]) -> str:
    """Return a list for people: each refusal with its cure, and each remark.

    Args:
        found: The refusals and remarks.

    Example:
        >>> print(as_text([Refusal("firebase.json", 3, "codebase-taken", "The name is taken.", "Rename it.")]))
        firebase.json:3: The name is taken. (codebase-taken)
            Rename it.
    """
    lines = []
    for one in found:
        lines.append(f"{one.place}: {one.sentence} ({one.code})")
        if isinstance(one, Refusal):
            lines += [f"    {line}" for line in one.cure.splitlines()]
    return "\n".join(lines)
