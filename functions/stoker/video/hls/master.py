"""The master playlist, which lists all other playlists, so that a player can choose among them.

Source: RFC 8216, 4.3.4. Numbers in brackets are rules of the authoring specification.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from stoker.languages import UNKNOWN
from stoker.probe.picture_parameters import Size
from stoker.video.hls.playlist import HEAD
from stoker.video.hls.segments import Rates

SOUND_CODEC = "mp4a.40.2"
"""AAC-LC. Source: RFC 6381, section 3.3."""


@dataclass(frozen=True)
class Rendition:
    """A rendition, as RFC 8216 calls it: a sound, or captions, that a viewer can choose.

    Attributes:
        playlist: The file that lists its segments.
        name: The name for viewers. No other rendition of its kind has the same name.
        language: A BCP 47 tag; None if the language is unknown.
        rates: The bit rates.
    """

    playlist: str
    name: str
    language: str | None
    rates: Rates


@dataclass(frozen=True)
class Picture:
    """The picture of the film in a size, which is a variant of HLS.

    Attributes:
        playlist: The file that lists its segments.
        key_frames: The file that lists its key frames.
        codec: The codec, in the form of RFC 6381.
        size: The width and height, in pixels.
        frame_rate: Frames a second.
        rates: The bit rates of its segments.
        key_rates: The bit rates of its key frames.
    """

    playlist: str
    key_frames: str
    codec: str
    size: Size
    frame_rate: float
    rates: Rates
    key_rates: Rates


def master_playlist(pictures: Sequence[Picture], sounds: Sequence[Rendition], captions: Sequence[Rendition]) -> str:
    """Return the text of the master playlist.

    Args:
        pictures: The variants; empty if there is only sound.
        sounds: The renditions of the sound. The first one is played unless a viewer chooses another.
        captions: The renditions of the captions.
    """
    lines = [*HEAD, "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += [_sound(track, number == 0) for number, track in enumerate(sounds)]
    lines += [_captions(track) for track in captions]
    # The bit rate of a variant includes the largest renditions that a viewer can choose (9.13).
    besides = [_largest([track.rates for track in tracks]) for tracks in (sounds, captions)]
    groups = [
        *(['AUDIO="audio"'] if sounds else []),
        *(['SUBTITLES="captions"'] if captions else []),
        "CLOSED-CAPTIONS=NONE",
    ]
    for picture in pictures:
        attributes = [
            *_bandwidths(_sum([picture.rates, *besides])),
            f'CODECS="{picture.codec},{SOUND_CODEC}"' if sounds else f'CODECS="{picture.codec}"',
            _resolution(picture.size),
            f"FRAME-RATE={picture.frame_rate:.3f}",
            *groups,
        ]
        lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", picture.playlist]
    for picture in pictures:
        attributes = [
            *_bandwidths(picture.key_rates),
            f'CODECS="{picture.codec}"',
            _resolution(picture.size),
            f'URI="{picture.key_frames}"',
        ]
        lines.append(f"#EXT-X-I-FRAME-STREAM-INF:{','.join(attributes)}")
    if not pictures:
        attributes = [*_bandwidths(_sum(besides)), f'CODECS="{SOUND_CODEC}"', *groups]
        lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", sounds[0].playlist]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a text as the quoted value of an attribute, without quotes, line breaks and invisible characters.

    Source: RFC 8216, 4.2 (quoted-string).

    Example:
        >>> quoted('Com"mentary\\r\\n#EXT-X-ENDLIST')
        '"Com\\'mentary #EXT-X-ENDLIST"'
    """
    plain = " ".join(text.replace('"', "'").split())
    return f'"{"".join(letter for letter in plain if letter.isprintable())}"'


def _sound(track: Rendition, default: bool) -> str:
    attributes = [
        *("TYPE=AUDIO", 'GROUP-ID="audio"', *_named(track)),
        *(f"DEFAULT={'YES' if default else 'NO'}", "AUTOSELECT=YES", 'CHANNELS="2"', f'URI="{track.playlist}"'),
    ]
    return f"#EXT-X-MEDIA:{','.join(attributes)}"


def _captions(track: Rendition) -> str:
    attributes = [
        *("TYPE=SUBTITLES", 'GROUP-ID="captions"', *_named(track)),
        *("DEFAULT=NO", "AUTOSELECT=YES", "FORCED=NO", f'URI="{track.playlist}"'),
    ]
    return f"#EXT-X-MEDIA:{','.join(attributes)}"


def _named(track: Rendition) -> tuple[str, str]:
    # Each rendition must have a language (8.10).
    return f"LANGUAGE={quoted(track.language or UNKNOWN)}", f"NAME={quoted(track.name)}"


def _resolution(size: Size) -> str:
    return f"RESOLUTION={size[0]}x{size[1]}"


def _bandwidths(rates: Rates) -> tuple[str, str]:
    return f"BANDWIDTH={rates.peak}", f"AVERAGE-BANDWIDTH={rates.mean}"


def _sum(parts: Sequence[Rates]) -> Rates:
    return Rates(sum(part.peak for part in parts), sum(part.mean for part in parts))


def _largest(among: Sequence[Rates]) -> Rates:
    return Rates(max((one.peak for one in among), default=0), max((one.mean for one in among), default=0))
