"""Warnings: parts of a source that a completed job left out, or had to guess."""

from typing import Annotated, Final, Literal

from pydantic import StringConstraints

from stoker.models.document import Model

MAX_WARNINGS: Final = 20
"""The most warnings of a job. Further warnings are dropped."""

WarningCode = Literal[
    "bad-cues",
    "colours-guessed",
    "duration-measured",
    "frame-rate-capped",
    "language-missing",
    "missing-glyphs",
    "no-sound-in-part",
    "picture-changes",
    "sound-changes",
    "track-without-packets",
    "tracks-ignored",
    "undecodable-sound",
    "unspoken-text",
]
"""The codes of warnings. They are stable, so that an app can compare them."""

AppWarningCode = Annotated[str, StringConstraints(pattern=r"^app-[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
"""The code of a warning of an app's own job type. It begins with `app-`, so a later code of Stoker never has it."""


class OutputWarning(Model):
    """A part of the source that was left out or guessed.

    Attributes:
        code: A stable code in kebab-case, for the app. Codes of an app's own job types begin with `app-`.
        message: A sentence for the owner.
    """

    code: WarningCode | AppWarningCode
    message: str
