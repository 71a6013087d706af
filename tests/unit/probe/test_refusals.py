"""Formats that are not accepted are named, with what to upload instead."""

import struct
from pathlib import Path

import pytest

from conftest import Ffmpeg
from stoker.errors import UnsupportedMedia
from stoker.probe.signatures import signature
from unit.video.films import H264, PICTURE, SOUND, outputs_of


def ftyp(brand: bytes) -> bytes:
    return struct.pack(">I4s4sI4s4s", 24, b"ftyp", brand, 0, b"mif1", brand) + bytes(200)


BYTES = {
    "HEIC": ftyp(b"heic"),
    "HEIF": ftyp(b"mif1"),
    "AVIF": ftyp(b"avif"),
    "an animated AVIF": ftyp(b"avis"),
    "an animated HEIC": ftyp(b"hevc"),
    "Canon RAW": ftyp(b"crx "),
    "TIFF or RAW": b"II*\0\x08\0\0\0" + bytes(90),
    "RAW": b"FUJIFILMCCD-RAW 0201",
    "JPEG XL": b"\0\0\0\x0cJXL \r\n\x87\n",
    "JPEG 2000": b"\0\0\0\x0cjP  \r\n\x87\n",
    "Photoshop": b"8BPS\0\1",
    "ICO": b"\0\0\1\0\2\0\x10\x10",
    "SVG": b'<?xml version="1.0"?>\n<!-- made by hand -->\n<svg xmlns="http://www.w3.org/2000/svg">',
    "RealMedia": b".RMF\0\0\0\x12",
    "Flash (SWF)": b"CWS\x0a",
    "RED (R3D)": b"\0\0\1\0RED1",
    "WTV": b"\xb7\xd8\0\x20\x37\x49\xda\x11\xa6\x4e",
    "Monkey's Audio (APE)": b"MAC \x96\x0f",
    "Musepack": b"MPCKSH",
    "DSD (DSF)": b"DSD \x1c",
    "AC-4": b"\xac\x40\0\x7f",
    "RealAudio": b".ra\xfd\0\4",
    "MIDI": b"MThd\0\0\0\6",
    "a PDF": b"%PDF-1.7",
    "a ZIP archive or an office document": b"PK\3\4\x14\0",
    "an archive": b"7z\xbc\xaf\x27\x1c",
    "an old office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "a playlist": b"#EXTM3U\n#EXT-X-VERSION:3\n",
    "captions": b"WEBVTT\n\n00:00.000 --> 00:01.000\nHello.\n",
    "a web page": b"\n<!DOCTYPE html><html><body>404</body></html>",
    "a program": b"\x7fELF\2\1\1\0",
    "a file of zeros, which an upload or a download that broke off leaves": bytes(10_000),
}
"""The beginnings of files that ffmpeg does not write."""

MADE = {
    "JPEG": ("-frames:v", "1", "-c:v", "mjpeg", "-f", "image2", "-update", "1"),
    "PNG": ("-frames:v", "1", "-c:v", "png", "-f", "image2", "-update", "1"),
    "BMP": ("-frames:v", "1", "-c:v", "bmp", "-f", "image2", "-update", "1"),
    "GIF": ("-frames:v", "1", "-f", "gif"),
    "WebP": ("-frames:v", "1", "-c:v", "libwebp", "-f", "webp"),
    "AVIF": ("-frames:v", "1", "-c:v", "libaom-av1", "-cpu-used", "8", "-still-picture", "1", "-f", "avif"),
    "OpenEXR": ("-frames:v", "1", "-c:v", "exr", "-f", "image2", "-update", "1"),
    "MXF": ("-c:v", "mpeg2video", "-f", "mxf"),
    "DV": ("-s", "720x576", "-pix_fmt", "yuv420p", "-c:v", "dvvideo", "-f", "dv"),
    "raw H.264": (*H264, "-f", "h264"),
    "raw HEVC": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-f", "hevc"),
    "raw MPEG video": ("-c:v", "mpeg2video", "-f", "mpeg2video"),
    "raw AV1": ("-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime", "-f", "obu"),
    "IVF": ("-c:v", "libvpx", "-deadline", "realtime", "-f", "ivf"),
    "Y4M": ("-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe"),
    "NUT": ("-c:v", "mpeg4", "-f", "nut"),
    "GXF": ("-s", "720x576", "-c:v", "mpeg2video", "-pix_fmt", "yuv420p", "-f", "gxf"),
    "WavPack": ("-vn", "-c:a", "wavpack", "-f", "wv"),
    "True Audio (TTA)": ("-vn", "-c:a", "tta", "-f", "tta"),
    "AU": ("-vn", "-f", "au"),
    "DTS": ("-vn", "-c:a", "dca", "-strict", "-2", "-f", "dts"),
    "Dolby TrueHD": ("-vn", "-c:a", "truehd", "-strict", "-2", "-f", "truehd"),
    "Wave64": ("-vn", "-f", "w64"),
    "VOC": ("-vn", "-c:a", "pcm_u8", "-f", "voc"),
}
"""Files that ffmpeg writes."""

SAMPLE = ("JPEG", "GIF", "WebP", "AVIF", "MXF", "DV", "raw H.264", "WavPack")


def check(name: str, file: Path) -> None:
    for kind in ("mp4", "audio"):
        with pytest.raises(UnsupportedMedia) as error:
            outputs_of(file, {"kind": kind})
        assert name in error.value.message
        assert "Upload" in error.value.message
        assert "streams" not in error.value.message


@pytest.mark.parametrize("name", BYTES)
@pytest.mark.slow
def test_a_format_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(BYTES[name])
    check(name, tmp_path / "film")


@pytest.mark.parametrize(
    "name", [*SAMPLE, *(pytest.param(name, marks=pytest.mark.soak) for name in MADE if name not in SAMPLE)]
)
def test_a_format_that_ffmpeg_writes_is_named(name: str, ffmpeg: Ffmpeg) -> None:
    sound = SOUND if MADE[name][0] == "-vn" else ()
    check(name, ffmpeg("film", *PICTURE, *sound, "-t", "1", *MADE[name]))


@pytest.mark.parametrize("name", ["HEIC", "JPEG", "PNG", "GIF", "WebP", "BMP"])
def test_a_still_picture_is_called_one(name: str, ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    file = ffmpeg("film", *PICTURE, *MADE[name]) if name in MADE else tmp_path / "film"
    if name in BYTES:
        file.write_bytes(BYTES[name])
    with pytest.raises(UnsupportedMedia, match=rf"is a still picture \({name}\), not a film"):
        outputs_of(file)


def test_an_accepted_film_has_no_signature_of_a_refused_one(clip: Path) -> None:
    assert signature(clip.read_bytes()[:4096]) is None
