"""Warnings: parts of a source that a completed job left out, or had to guess."""

from typing import Final, Literal

from stoker.models.document import Model

MAX_WARNINGS: Final = 20
"""Of one job. The first ones are kept."""

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
"""Stable codes, for the app."""


class OutputWarning(Model):
    """A part of the source that was left out or guessed.

    Attributes:
        code: A stable kebab-case code.
        message: A sentence for the owner.
    """

    code: WarningCode
    message: str
