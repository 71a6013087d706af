"""A short file for every container and codec of the table of accepted inputs, made by the bundled ffmpeg."""

import struct
from pathlib import Path

from conftest import Ffmpeg
from stoker.sandbox.formats import ACCEPTED, Accepted

SECONDS = 1.2
PICTURE = ("-f", "lavfi", "-i", f"testsrc2=size=176x144:rate=25:duration={SECONDS}")
SOUND = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={SECONDS}")

ENCODERS: dict[str, tuple[str, ...]] = {
    "h264": ("libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    "hevc": ("libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p"),
    "av1": ("libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-pix_fmt", "yuv420p"),
    "vp8": ("libvpx", "-deadline", "realtime", "-cpu-used", "8"),
    "vp9": ("libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-pix_fmt", "yuv420p"),
    "msmpeg4v3": ("msmpeg4",),
    "prores": ("prores_ks",),
    "theora": ("libtheora",),
    "flv1": ("flv",),
    "dnxhd": ("dnxhd", "-profile:v", "dnxhr_lb", "-s", "320x180", "-pix_fmt", "yuv422p"),
    "dvvideo": ("dvvideo", "-s", "720x576", "-pix_fmt", "yuv420p"),
    "webp": ("libwebp_anim",),
    "mp3": ("libmp3lame",),
    "opus": ("libopus",),
    "vorbis": ("libvorbis",),
    "dts": ("dca", "-strict", "-2"),
    "truehd": ("truehd", "-strict", "-2", "-ar", "48000"),
    "nellymoser": ("nellymoser", "-ar", "22050"),
    "amr_nb": ("libopencore_amrnb", "-ar", "8000", "-ac", "1"),
}
"""The encoder of each codec, with its options; of all others, it has the codec's name."""

AMR_WB = b"#!AMR-WB\n" + (b"\x04" + bytes(17)) * round(SECONDS * 50)
"""Frames of 20 ms, of 6.60 kbit/s. Nothing here encodes AMR-WB, so it is written by hand.
Source: RFC 4867, section 5."""


def cases() -> list[tuple[Accepted, str]]:
    """Every container with every codec that it is accepted with."""
    return [(accepted, codec) for accepted in ACCEPTED for codec in (*accepted.video, *accepted.audio)]


MUXERS = {
    "mov": "mov",
    "matroska": "matroska",
    "mpegts": "mpegts",
    "mpeg": "vob",
    "asf": "asf",
    "aac": "adts",
    "webp_anim": "webp",
}
"""The muxers of containers whose demuxer has another name."""

MUXERS_BY_CODEC = {
    **{("mov", codec): "mp4" for codec in ("av1", "vp9", "flac", "opus", "mp3", "eac3")},
    ("mov", "amr_nb"): "3gp",
    ("mov", "amr_wb"): "3gp",
    ("mp3", "mp2"): "mp2",
    ("ac3", "eac3"): "eac3",
}
"""The muxers of codecs that the container's own muxer does not write."""


def caf_of_aac(adts: bytes) -> bytes:
    """A CAF with the AAC of an ADTS stream, of 44,100 Hz and one channel. ffmpeg writes none.

    Source: Apple Core Audio Format Specification 1.0, and ISO/IEC 14496-3 for the headers that are taken off.
    """
    packets, at = [], 0
    while at < len(adts):
        size = int.from_bytes(adts[at + 3 : at + 6], "big") >> 5 & 0x1FFF
        packets.append(adts[at + 7 : at + size])
        at += size
    config = bytes.fromhex("03808080220000000480808014401500000000000000000000000580808002 1208 060102")
    return caf(
        struct.pack(">d4sIIIII", 44_100, b"aac ", 0, 0, 1024, 1, 0),
        [(b"kuki", config), (b"pakt", packet_table(list(map(len, packets)), 1024))],
        b"".join(packets),
    )


def packet_table(sizes: list[int], samples: int) -> bytes:
    """The content of a `pakt` chunk."""
    numbers = b"".join(bytes([0x80 | size >> 7, size & 0x7F]) if size > 127 else bytes([size]) for size in sizes)
    return struct.pack(">qqii", len(sizes), len(sizes) * samples, 0, 0) + numbers


def caf(description: bytes, chunks: list[tuple[bytes, bytes]], data: bytes) -> bytes:
    """A CAF of chunks, the data last."""
    written = [(b"desc", description), *chunks, (b"data", bytes(4) + data)]
    return b"caff\0\1\0\0" + b"".join(struct.pack(">4sq", kind, len(content)) + content for kind, content in written)


def accepted_file(ffmpeg: Ffmpeg, folder: Path, accepted: Accepted, codec: str) -> Path:
    """A file of a container with one stream, of a codec."""
    demuxer = accepted.demuxers[0]
    muxer = ("-f", MUXERS_BY_CODEC.get((demuxer, codec)) or MUXERS.get(demuxer, demuxer))
    if codec == "amr_wb":
        by_hand = folder / "by-hand.amr"
        by_hand.write_bytes(AMR_WB)
        return ffmpeg("film", "-i", str(by_hand), "-c", "copy", *muxer)
    if (demuxer, codec) == ("caf", "aac"):
        file = ffmpeg("film.adts", *SOUND, "-c:a", "aac", "-f", "adts")
        file.write_bytes(caf_of_aac(file.read_bytes()))
        return file
    source, medium = (PICTURE, "v") if codec in accepted.video else (SOUND, "a")
    return ffmpeg("film", *source, f"-c:{medium}", *ENCODERS.get(codec, (codec,)), "-strict", "-2", *muxer)
