"""The encoded streams of a run of ffmpeg, and the filters that they come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stoker.probe.picture_parameters import Size
from stoker.probe.probe import AudioStream

Options = Mapping[str, str]
"""ffmpeg's options without their dash, by name."""


@dataclass(frozen=True)
class Branch:
    """The filters for one use of the picture or of a sound.

    Attributes:
        filters: The filters.
        size: The size of the picture; None for a sound.
        stream: The sound; None for the film's own sound.
    """

    filters: tuple[str, ...]
    size: Size | None = None
    stream: AudioStream | None = None


@dataclass
class EncodedStreams:
    """The encoded streams of one medium.

    Attributes:
        letter: ffmpeg's letter of the medium: `v` or `a`.
        wanted: The branch of each stream, and the options of its encoder.
        pads: The output of the filter graph that each stream comes from.
    """

    letter: str
    wanted: list[tuple[Branch, Options]] = field(default_factory=list)
    pads: list[str] = field(default_factory=list)

    def add(self, branch: Branch, options: Options, pad: Callable[[Branch], str]) -> str:
        """Add a stream, unless the same branch with the same options is there. Return the stream's name for `tee`.

        Args:
            branch: The filters of the stream.
            options: The options of its encoder.
            pad: Adds a branch to the filter graph, and returns the name of the branch's output.
        """
        stream = (branch, options)
        if stream not in self.wanted:
            self.wanted.append(stream)
            self.pads.append(pad(branch))
        return f"{self.letter}:{self.wanted.index(stream)}"

    def arguments(self) -> list[str]:
        """Return the arguments of ffmpeg that encode the streams."""
        maps, options = [], []
        for number, ((_, named), pad) in enumerate(zip(self.wanted, self.pads, strict=True)):
            maps += ["-map", pad]
            for name, value in named.items():
                options += [f"-{name}:{self.letter}:{number}", value]
        return maps + options
