"""The levels at which the sounds of a film get the wanted loudness. They are measured before the film is encoded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from stoker.probe.probe import AudioStream
from stoker.sound.downmix import Level
from stoker.sound.mastering import (
    METER_OPTIONS,
    SILENCE,
    MeasuredSound,
    PeakKind,
    find_level,
    measure,
    meter,
    run_meter,
)
from stoker.video.encode.graph import Graph
from stoker.video.encode.streams import Options
from stoker.video.source.film import Film

TRIAL = "trial.mka"
"""A file of one sound, encoded as in an output. Matroska can hold every codec of the outputs."""

Run = Callable[[list[str], Callable[[float], None]], str]
"""A function that runs ffmpeg with arguments, calls its second argument with the seconds that are done, and returns
ffmpeg's error output."""


def with_levels(
    source: str,
    film: Film,
    sounds: Mapping[AudioStream | None, Sequence[Options]],
    folder: Path,
    run: Run,
    report: Callable[[float], None],
) -> Film:
    """Find the level at which each sound has the loudness that is wanted for the film.

    A sound that is silent, or too short to be measured, keeps its level.

    Args:
        source: The source's path, relative to the working folder.
        film: The film, with the wanted `loudness`.
        sounds: The sounds that are decoded, each with the options of its encoders. None stands for the film's own
        sound.
        folder: The working folder.
        run: Runs ffmpeg on the source.
        report: Called with the share that is done, from 0 to 1.

    Returns:
        The film with its levels.

    Raises:
        LoudnessUnreachable: A true peak stays too high.
    """
    if film.loudness is None:
        return film
    levels: dict[tuple[int, str], Level] = {}
    for number, (stream, encoders) in enumerate(sounds.items()):
        # The number of passes is not known in advance, so each pass takes half of the remaining share.
        done = [number / len(sounds)]

        def on_pass(done: list[float] = done, end: float = (number + 1) / len(sounds)) -> Callable[[float], None]:
            start = done[0]
            done[0] = (start + end) / 2
            return lambda seconds: report(start + (done[0] - start) * min(1, seconds / (film.seconds or 1)))

        audio = stream or film.audio
        assert audio is not None  # only sounds that exist are decoded
        found = _levels(_Listener(source, film, audio, stream, folder, run, on_pass), film.loudness, encoders)
        levels |= {(audio.index, encoder): level for encoder, level in found.items()}
    return replace(film, levels=levels)


class _Listener:
    """The meter of one sound of a film."""

    def __init__(
        self,
        source: str,
        film: Film,
        audio: AudioStream,
        stream: AudioStream | None,
        folder: Path,
        run: Run,
        on_pass: Callable[[], Callable[[float], None]],
    ) -> None:
        self._source = source
        self._film = film
        self._audio = audio
        self._stream = stream
        self._folder = folder
        self._run = run
        self._on_pass = on_pass
        self._known: dict[tuple[Level, PeakKind], MeasuredSound] = {}

    def plain(self, level: Level, peak: PeakKind = "sample") -> MeasuredSound:
        """Measure the sound at a level, before it is encoded. Each level is measured once, for all encoders."""
        if (level, peak) not in self._known:
            graph = self._graph(level, "")
            graph.write_sound("-", (meter(peak),), {"f": "null"}, self._stream)
            arguments = [*METER_OPTIONS, *graph.arguments()]
            self._known[level, peak] = run_meter(lambda report: self._run(arguments, report), self._on_pass())
        return self._known[level, peak]

    def encoded(self, level: Level, options: Options) -> MeasuredSound:
        """Measure the sound at a level, after it is encoded."""
        graph = self._graph(level, options["c"])
        graph.mux(TRIAL, "matroska", [graph.audio(options, self._stream)], {})
        self._run(graph.arguments(), self._on_pass())
        file = self._folder / TRIAL
        found = measure(file, self._on_pass())
        file.unlink()
        return found

    def _graph(self, level: Level, encoder: str) -> Graph:
        return Graph(self._source, replace(self._film, levels={(self._audio.index, encoder): level}))


def _levels(listener: _Listener, loudness: float, encoders: Sequence[Options]) -> dict[str, Level]:
    """Return the level for each encoder, by its name. Sound that is not encoded gets the level of the first encoder."""
    before = listener.plain(Level())
    if not before.loudness > SILENCE:
        return {}

    def level(encoded: Callable[[Level], MeasuredSound]) -> Level:
        return find_level(loudness, before, lambda level: listener.plain(level).loudness, encoded)[0]

    found = {options["c"]: level(partial(listener.encoded, options=options)) for options in encoders}
    return {"": next(iter(found.values()), None) or level(partial(listener.plain, peak="true")), **found}
