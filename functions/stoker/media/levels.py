"""How each sound of a film gets as loud as is wanted: it is measured before the film is made."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from stoker.media.downmix import Level
from stoker.media.film import Film
from stoker.media.graph import Graph, Options
from stoker.media.probe import AudioStream
from stoker.media.speech.mastering import SILENCE, TALKING, Peak, Sound, listened, measure, meter, settled

TRIAL = "trial-{}.mka"
"""A file of one sound, encoded as an output will have it. Matroska holds every codec of the outputs."""

Run = Callable[[list[str], Callable[[float], None]], str]
"""Runs ffmpeg with arguments, calls what it gets with the seconds that are done, and returns what ffmpeg wrote to
standard error."""


def levelled(
    source: str,
    film: Film,
    sounds: Mapping[AudioStream | None, Sequence[Options]],
    folder: Path,
    run: Run,
    tell: Callable[[float], None],
) -> Film:
    """Finds the levels at which all sounds have the loudness that is wanted of the film, each by itself.

    A sound that is silent, or too short to be measured, keeps its level.

    Args:
        source: The source's path, relative to the working folder.
        film: The film; its `loudness` is wanted.
        sounds: The sounds that are decoded, each with the options of its encoders. None is the sound of the film.
        folder: The working folder.
        run: Runs ffmpeg on the source.
        tell: Called with the share that is done.

    Returns:
        The film, with its levels.

    Raises:
        EncoderFailed: A true peak stays too high.
    """
    if film.loudness is None:
        return film
    levels = {}
    for number, (stream, encoders) in enumerate(sounds.items()):
        # The count of passes is not known before, so that each takes half of what is left.
        done = [number / len(sounds)]

        def on_pass(done: list[float] = done, end: float = (number + 1) / len(sounds)) -> Callable[[float], None]:
            start = done[0]
            done[0] = (start + end) / 2
            return lambda seconds: tell(start + (done[0] - start) * min(1, seconds / (film.seconds or 1)))

        audio = stream or film.audio
        assert audio is not None  # it is decoded
        level = _level(_Listener(source, film, audio, stream, folder, run, on_pass), film.loudness, encoders)
        if level is not None:
            levels[audio.index] = level
    return replace(film, levels=levels)


class _Listener:
    """Measures one sound of a film."""

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

    def plain(self, level: Level, peak: Peak = "sample") -> Sound:
        """What the sound is at a level, before it is encoded."""
        graph = self._graph(level)
        graph.write_sound("-", (meter(peak),), {"f": "null"}, self._stream)
        arguments = [*TALKING, *graph.arguments()]
        return listened(lambda tell: self._run(arguments, tell), self._on_pass())

    def encoded(self, level: Level, encoders: Sequence[Options]) -> Sound:
        """What the sound is at a level after it is encoded: the mean of the loudness, and the highest peak."""
        graph = self._graph(level)
        for number, options in enumerate(encoders):
            graph.mux(TRIAL.format(number), "matroska", [graph.audio(options, self._stream)], {})
        self._run(graph.arguments(), self._on_pass())
        trials = [self._folder / TRIAL.format(number) for number in range(len(encoders))]
        found = [measure(file, self._on_pass()) for file in trials]
        for file in trials:
            file.unlink()
        loudness = [sound.loudness for sound in found]
        return Sound((min(loudness) + max(loudness)) / 2, max(sound.peak for sound in found), found[0].seconds)

    def _graph(self, level: Level) -> Graph:
        return Graph(self._source, replace(self._film, levels={self._audio.index: level}))


def _level(listener: _Listener, loudness: float, encoders: Sequence[Options]) -> Level | None:
    before = listener.plain(Level())
    if not before.loudness > SILENCE:
        return None

    def encoded(level: Level) -> Sound:
        # A waveform is drawn of the sound that is not encoded.
        return listener.encoded(level, encoders) if encoders else listener.plain(level, "true")

    level, _ = settled(loudness, before, lambda level: listener.plain(level).loudness, encoded)
    return level
