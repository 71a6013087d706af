"""Checks of a set of HTTP Live Streaming by Apple's rules, from its bytes alone.

Numbers are rules of Apple's, and numbers with a section sign are sections of RFC 8216. Rules about live streams,
delivery, encryption and the looks of pictures can't be checked here. Source:
https://developer.apple.com/documentation/http-live-streaming/hls-authoring-specification-for-apple-devices
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av

AUDIO_FRAME = 1024 / 48_000
"""Seconds of a frame of AAC."""

Broken = Iterator[str]
"""Yield the broken rules, each with the finding."""


@dataclass(frozen=True)
class Part:
    """A segment, as a playlist names it."""

    file: str
    offset: int
    size: int
    seconds: float


@dataclass(frozen=True)
class Playlist:
    """A playlist of segments, and their contents."""

    name: str
    lines: list[str]
    target: int
    header: bytes
    parts: list[Part]
    folder: Path

    def content(self, part: Part) -> bytes:
        """The bytes of a segment, after the header."""
        with (self.folder / part.file).open("rb") as file:
            file.seek(part.offset)
            return self.header + file.read(part.size)

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in self.parts)

    @property
    def peak(self) -> float:
        """Bits a second, of any contiguous segments of 0.5 to 1.5 target durations (§4.1); else of the whole."""
        found = []
        for first in range(len(self.parts)):
            for last in range(first, len(self.parts)):
                run = self.parts[first : last + 1]
                seconds = sum(part.seconds for part in run)
                if 0.5 * self.target <= seconds <= 1.5 * self.target:
                    found.append(8 * sum(part.size for part in run) / seconds)
        return max(found, default=self.mean)

    @property
    def mean(self) -> float:
        return 8 * sum(part.size for part in self.parts) / self.seconds


def attributes(line: str) -> dict[str, str]:
    """The attribute list of a tag."""
    _, _, listed = line.partition(":")
    found = re.findall(r'([A-Z0-9-]+)=("[^"\n]*"|[^",\n]+)(?:,|$)', listed)
    assert ",".join(f"{name}={value}" for name, value in found) == listed, f"not an attribute list: {line}"
    assert len({name for name, _ in found}) == len(found), f"an attribute twice: {line}"
    return {name: value.strip('"') for name, value in found}


def playlist(folder: Path, name: str) -> Playlist:
    """Reads a playlist of segments; one without byte ranges names whole files."""
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    header, parts, seconds, place = b"", [], 0.0, None
    for line in lines:
        if line.startswith("#EXT-X-MAP:"):
            given = attributes(line)
            size, offset = map(int, given["BYTERANGE"].split("@"))
            header = (folder / given["URI"]).read_bytes()[offset : offset + size]
        elif line.startswith("#EXTINF:"):
            seconds = float(line[8:].split(",")[0])
        elif line.startswith("#EXT-X-BYTERANGE:"):
            size, offset = map(int, line[17:].split("@"))
            place = offset, size
        elif not line.startswith("#"):
            offset, size = place or (0, (folder / line).stat().st_size)
            parts.append(Part(line, offset, size, seconds))
    target = next(int(line.partition(":")[2]) for line in lines if line.startswith("#EXT-X-TARGETDURATION:"))
    return Playlist(name, lines, target, header, parts, folder)


@dataclass(frozen=True)
class Set:
    """A whole set.

    Attributes:
        lines: Of its master playlist.
        variants: The attributes of each variant, and its playlist.
        key_frames: The same of the playlists of key frames.
        media: The same of the renditions.
    """

    lines: list[str]
    variants: list[tuple[dict[str, str], Playlist]]
    key_frames: list[tuple[dict[str, str], Playlist]]
    media: list[tuple[dict[str, str], Playlist]]

    def of_type(self, kind: str) -> list[tuple[dict[str, str], Playlist]]:
        return [(given, found) for given, found in self.media if given["TYPE"] == kind]


def opened_set(master: Path) -> Set:
    """Reads a set."""
    lines = master.read_text(encoding="utf-8").splitlines()
    folder, variants, key_frames, media = master.parent, [], [], []
    for line, following in pairwise([*lines, ""]):
        given = attributes(line) if line.startswith(("#EXT-X-STREAM", "#EXT-X-MEDIA", "#EXT-X-I-FRAME-STREAM")) else {}
        if line.startswith("#EXT-X-STREAM-INF:"):
            variants.append((given, playlist(folder, following)))
        elif line.startswith("#EXT-X-I-FRAME-STREAM-INF:"):
            key_frames.append((given, playlist(folder, given["URI"])))
        elif line.startswith("#EXT-X-MEDIA:"):
            media.append((given, playlist(folder, given["URI"])))
    return Set(lines, variants, key_frames, media)


def broken_rules(master: Path, *, same_length: bool = True) -> list[str]:
    """The rules that a set breaks.

    Args:
        master: Its master playlist.
        same_length: Whether picture and sound of the source are equally long.
    """
    found = opened_set(master)
    pictures = [one for given, one in found.variants if "RESOLUTION" in given]
    sounds = [one for _, one in found.of_type("AUDIO")]
    return [
        *_master(found),
        *_bandwidths(found),
        *_groups(found),
        *(broken for one in [*pictures, *sounds] for broken in [*_form(one), *_segments(one, one in pictures)]),
        *_together(pictures, sounds, same_length),
        *_key_frames(found),
        *_captions(found),
    ]


def _master(found: Set) -> Broken:
    if found.lines[0] != "#EXTM3U":
        yield "§4.3.1.1 no #EXTM3U"
    if "#EXT-X-INDEPENDENT-SEGMENTS" not in found.lines:
        yield "9.11 segments are not marked as independent"
    if len({one.name for _, one in found.variants}) < len(found.variants):
        yield "§4.3.4.2 a variant twice"
    for given, _ in found.variants:
        codecs = given.get("CODECS", "").split(",")
        if not codecs[0]:
            yield "9.1 no CODECS"
        if ("mp4a.40.2" in codecs) != bool(found.of_type("AUDIO")):
            yield f"2.3 CODECS={codecs} and {len(found.of_type('AUDIO'))} sounds"
        if given.get("CLOSED-CAPTIONS") != "NONE":
            yield "§4.3.4.2 closed captions that there are not"
        picture = next((codec for codec in codecs if not codec.startswith("mp4a")), None)
        if picture is None:
            continue
        if not (match := re.fullmatch(r"avc1\.(42|4d|64)[0-9a-f]{2}([0-9a-f]{2})", picture)) or int(match[2], 16) > 52:
            yield f"1.3b, 1.10 {picture}"
        if "RESOLUTION" not in given:
            yield "9.2 no RESOLUTION"
        if not re.fullmatch(r"\d+\.\d{3}", given.get("FRAME-RATE", "")):
            yield f"9.15 FRAME-RATE={given.get('FRAME-RATE')}"
        elif not 0 < float(given["FRAME-RATE"]) <= 60.1:
            yield f"1.19 FRAME-RATE={given['FRAME-RATE']}"
    shapes = [tuple(map(int, given["RESOLUTION"].split("x"))) for given, _ in found.variants if "RESOLUTION" in given]
    for width, height in shapes:
        if abs(width - height * shapes[0][0] / shapes[0][1]) > 2 + 2 * shapes[0][0] / shapes[0][1]:
            yield f"1.33 {width}x{height} beside {shapes[0]}"


def _bandwidths(found: Set) -> Broken:
    besides = [
        (max((one.peak for _, one in group), default=0), max((one.mean for _, one in group), default=0))
        for group in (found.of_type("AUDIO"), found.of_type("SUBTITLES"))
    ]
    for given, one in [*found.variants, *found.key_frames]:
        alone = "RESOLUTION" not in given  # its playlist is that of a sound, and counted there
        more = besides if (given, one) in found.variants else []
        peak = (0 if alone else one.peak) + sum(peak for peak, _ in more)
        mean = (0 if alone else one.mean) + sum(mean for _, mean in more)
        if not peak - 1 <= int(given["BANDWIDTH"]) <= 1.1 * peak:
            yield f"1.27, 6.9, 9.13 {one.name}: BANDWIDTH={given['BANDWIDTH']}, measured {peak:.0f}"
        if abs(int(given.get("AVERAGE-BANDWIDTH", 0)) - mean) > 0.1 * mean:
            yield f"1.26, 9.14 {one.name}: AVERAGE-BANDWIDTH={given.get('AVERAGE-BANDWIDTH')}, measured {mean:.0f}"


def _groups(found: Set) -> Broken:
    for kind, attribute in (("AUDIO", "AUDIO"), ("SUBTITLES", "SUBTITLES")):
        group = [given for given, _ in found.of_type(kind)]
        names = [given["NAME"] for given in group]
        if len(set(names)) < len(names):
            yield f"§4.3.4.1.1 {names}"
        if any(not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", given.get("LANGUAGE", "")) for given in group):
            yield f"4.7, 8.10 {[given.get('LANGUAGE') for given in group]}"
        if sum(given["DEFAULT"] == "YES" for given in group) != (kind == "AUDIO" and bool(group)):
            yield "§4.3.4.1.1 not one default"
        if group and any(given.get(attribute) != group[0]["GROUP-ID"] for given, _ in found.variants):
            yield f"8.9 a variant without its group of {kind}"


def _form(one: Playlist) -> Broken:
    version = next(int(line.partition(":")[2]) for line in one.lines if line.startswith("#EXT-X-VERSION:"))
    if one.lines[0] != "#EXTM3U" or one.lines[-1] != "#EXT-X-ENDLIST":
        yield f"§4.3.3.4 {one.name} has no end"
    if version < 6 or sum(line.startswith("#EXT-X-VERSION:") for line in one.lines) != 1:
        yield f"§7 {one.name}: version {version}, and EXT-X-MAP wants 6"
    if "#EXT-X-PLAYLIST-TYPE:VOD" not in one.lines:
        yield f"8.6 {one.name}"
    if not one.header.startswith(b"\0\0\0") or b"moov" not in one.header or b"moof" in one.header:
        yield f"8.20 {one.name}: no EXT-X-MAP that is a header"
    if any(int(part.seconds + 0.5) > one.target or part.seconds > one.target + 0.5 for part in one.parts):
        yield f"7.7, §4.3.3.1 {one.name}: a segment is longer than {one.target} s"


def _segments(one: Playlist, picture: bool) -> Broken:
    if one.target < 6:
        yield f"7.5 {one.name}: target duration {one.target}"
    ends, given, begin = None, 0.0, None
    for part in one.parts:
        with av.open(io.BytesIO(one.content(part)), "r") as container:
            if len(container.streams) != 1:
                yield f"2.17, 9.5 {one.name} holds {len(container.streams)} streams"
            packets = [packet for packet in container.demux() if packet.pts is not None and packet.dts is not None]
            base = float(container.streams[0].time_base or 0)
        if not packets[0].is_keyframe or packets[0].pts != min(packet.pts or 0 for packet in packets):
            yield f"7.4 {one.name}: a segment begins with no key frame"
        first = float(packets[0].dts or 0) * base
        if ends is not None and abs(first - ends) > 0.001:
            yield f"7.1, 7.3 {one.name}: decoding goes from {ends} s to {first} s"
        shown = float(packets[0].pts or 0) * base
        begin = shown if begin is None else begin
        frame = float(packets[0].duration or 0) * base if picture else AUDIO_FRAME
        if abs(shown - begin - given) > frame:
            yield f"8.1 {one.name}: {given} s of EXTINF before what begins at {shown - begin} s"
        ends = float((packets[-1].dts or 0) + (packets[-1].duration or 0)) * base
        given += part.seconds


def _together(pictures: list[Playlist], sounds: list[Playlist], same_length: bool) -> Broken:
    both = [*pictures, *sounds]
    if len({one.target for one in both}) > 1:
        yield f"8.2 target durations {[one.target for one in both]}"
    for one in both:
        # A sound lasts whole frames, and the frames before its first may count for its length.
        allowed = 0.001 if one in pictures else 3 * AUDIO_FRAME
        if (same_length or one in pictures) and abs(one.seconds - both[0].seconds) > allowed:
            yield f"8.3, 8.7 {one.name} plays {one.seconds} s, and {both[0].name} {both[0].seconds} s"
        # Only a picture that stands still for longer than a segment has other boundaries than the sound.
        alike = one in pictures or all(part.seconds < 7 for part in both[0].parts)
        for mine, others in zip(_boundaries(one), _boundaries(both[0]), strict=False) if alike else ():
            if abs(mine - others) > allowed:
                yield f"8.22 {one.name} has a boundary at {mine} s, and {both[0].name} at {others} s"


def _boundaries(one: Playlist) -> list[float]:
    return [sum(part.seconds for part in one.parts[:number]) for number in range(len(one.parts))]


def _key_frames(found: Set) -> Broken:
    pictures = [(given, one) for given, one in found.variants if "RESOLUTION" in given]
    if [given["RESOLUTION"] for given, _ in found.key_frames] != [given["RESOLUTION"] for given, _ in pictures]:
        yield "6.1 a size has no playlist of key frames"
    for (given, one), (of_variant, variant) in zip(found.key_frames, pictures, strict=False):
        yield from _form(one)
        if "#EXT-X-I-FRAMES-ONLY" not in one.lines:
            yield f"6.8 {one.name}"
        if given.get("CODECS") != of_variant["CODECS"].split(",")[0]:
            yield f"9.3 {one.name}: CODECS={given.get('CODECS')}"
        if abs(one.seconds - variant.seconds) > 0.001:
            yield f"8.7 {one.name} plays {one.seconds} s"
        for part in one.parts:
            content = one.content(part)
            if content[len(one.header) + 4 :][:4] != b"moof":
                yield f"6.10 {one.name}: no moof"
            with av.open(io.BytesIO(content), "r") as container:
                frames = list(container.decode(video=0))
            if len(frames) != 1 or not frames[0].key_frame:
                yield f"§4.3.3.6 {one.name}: {len(frames)} frames in a range"


def _captions(found: Set) -> Broken:
    longest = max(one.seconds for _, one in [*found.variants, *found.of_type("AUDIO")])
    for _, one in found.of_type("SUBTITLES"):
        if abs(one.seconds - longest) > 0.001:
            yield f"5.5 {one.name} plays {one.seconds} s of {longest} s"
        for part in one.parts:
            head = (one.folder / part.file).read_text(encoding="utf-8").split("\n\n")[0]
            if not head.startswith("WEBVTT\nX-TIMESTAMP-MAP="):
                yield f"5.3 {part.file}: {head!r}"
