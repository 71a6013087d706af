"""Warnings: parts of a source that a completed job left out, or had to guess."""

from typing import Final, Literal

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


class OutputWarning(Model):
    """A part of the source that was left out or guessed.

    Attributes:
        code: A stable code in kebab-case, for the app.
        message: A sentence for the owner.
    """

    code: WarningCode
    message: str
