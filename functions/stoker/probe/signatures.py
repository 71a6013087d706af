"""Signatures of formats that are not accepted, so that a refusal can name the format of the user's file.

Source of most signatures: https://en.wikipedia.org/wiki/List_of_file_signatures
"""

import re
from dataclasses import dataclass
from typing import Literal

HEAD_BYTES = 4096
"""Bytes of a file that are compared."""

FileKind = Literal["picture", "film", "sound", "other"]


@dataclass(frozen=True)
class Signature:
    """The first bytes of all files of a format.

    Attributes:
        name: The format, with an article if the sentence needs it.
        kind: The medium of such a file.
        pattern: The pattern of the first bytes.
    """

    name: str
    kind: FileKind
    pattern: re.Pattern[bytes]


def _signature(name: str, kind: FileKind, pattern: bytes) -> Signature:
    return Signature(name, kind, re.compile(pattern, re.DOTALL))


PICTURES_IN_MP4 = (
    _signature("HEIC", "picture", rb"....ftyp(hei[cxms])"),
    _signature("HEIF", "picture", rb"....ftyp(mif[12]|jpeg)"),
    _signature("AVIF", "picture", rb"....ftypavif"),
    _signature("Canon RAW", "picture", rb"....ftypcrx "),
    _signature("an animated AVIF", "film", rb"....ftypavis"),
    _signature("an animated HEIC", "film", rb"....ftyp(hev[cxms]|msf1)"),
)
"""Brands of pictures in an MP4 container. ffmpeg opens them, and finds a stream in each tile or thumbnail.
Source: ISO/IEC 23008-12, annex B, and https://aomediacodec.github.io/av1-avif/"""

SIGNATURES = (
    *PICTURES_IN_MP4,
    _signature("RAW", "picture", rb"FUJIFILMCCD-RAW|IIU\0|IIRO|IIRS|MMOR|II\*\0.{4}CR|\0MRM"),
    _signature("JPEG", "picture", rb"\xff\xd8\xff"),
    _signature("PNG", "picture", rb"\x89PNG\r\n\x1a\n"),
    _signature("GIF", "picture", rb"GIF8[79]a"),
    _signature("WebP", "picture", rb"RIFF....WEBP"),
    _signature("TIFF or RAW", "picture", rb"II[*+]\0|MM\0[*+]"),
    _signature("BMP", "picture", rb"BM.{4}\0\0\0\0"),
    _signature("JPEG XL", "picture", rb"\xff\x0a|\0\0\0\x0cJXL "),
    _signature("JPEG 2000", "picture", rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"),
    _signature("Photoshop", "picture", rb"8BPS"),
    _signature("ICO", "picture", rb"\0\0[\x01\x02]\0[\x01-\x20]\0"),
    _signature("OpenEXR", "picture", rb"v/1\x01"),
    _signature("SVG", "picture", rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!DOCTYPE svg|<!--.*?-->|\s)*<svg\b"),
    _signature("SVG", "picture", rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?<!DOCTYPE svg"),
    _signature("MXF", "film", rb"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02"),
    _signature("DV", "film", rb"\x1f[\x07\x86\x87]\0[\x3f\xbf]"),
    _signature("raw H.264", "film", rb"\0?\0\0\x01([\x27\x47\x67]|\x09[\x10-\xf0]|\x06[\0-\x10])"),
    _signature("raw HEVC", "film", rb"\0?\0\0\x01[\x40\x46\x42\x4e]\x01"),
    _signature("raw MPEG video", "film", rb"\0\0\x01[\xb0\xb3]"),
    _signature("raw AV1", "film", rb"\x12\0\x0a"),
    _signature("IVF", "film", rb"DKIF"),
    _signature("Y4M", "film", rb"YUV4MPEG2"),
    _signature("RealMedia", "film", rb"\.RMF"),
    _signature("Flash (SWF)", "film", rb"[FCZ]WS[\x01-\x40]"),
    _signature("RED (R3D)", "film", rb"....RED[12]"),
    _signature("Bink", "film", rb"BIK[bdfghik]|KB2[adfghijk]"),
    _signature("NUT", "film", rb"nut/multimedia"),
    _signature("GXF", "film", rb"\0\0\0\0\x01\xbc"),
    _signature("WTV", "film", rb"\xb7\xd8\0\x20\x37\x49\xda\x11"),
    _signature("WavPack", "sound", rb"wvpk"),
    _signature("Monkey's Audio (APE)", "sound", rb"MAC "),
    _signature("Musepack", "sound", rb"MP\+|MPCK"),
    _signature("True Audio (TTA)", "sound", rb"TTA[12]"),
    _signature("DSD (DSF)", "sound", rb"DSD "),
    _signature("DSD (DSDIFF)", "sound", rb"FRM8.{8}DSD "),
    _signature("AU", "sound", rb"\.snd"),
    _signature("DTS", "sound", rb"\x7f\xfe\x80\x01|\xfe\x7f\x01\x80|\x1f\xff\xe8\0|\xff\x1f\0\xe8|DTSHDHDR"),
    _signature("Dolby TrueHD", "sound", rb"....\xf8\x72\x6f\xba"),
    _signature("AC-4", "sound", rb"\xac[\x40\x41]"),
    _signature("RealAudio", "sound", rb"\.ra\xfd"),
    _signature("Wave64", "sound", rb"riff\x2e\x91\xcf\x11"),
    _signature("VOC", "sound", rb"Creative Voice File"),
    _signature("MIDI", "other", rb"MThd"),
    _signature("a PDF", "other", rb"%PDF-"),
    _signature("a ZIP archive or an office document", "other", rb"PK(\x03\x04|\x05\x06|\x07\x08)"),
    _signature("an archive", "other", rb"Rar!\x1a|7z\xbc\xaf|\x1f\x8b\x08|BZh[1-9]|\xfd7zXZ\0|\x28\xb5\x2f\xfd"),
    _signature("an archive", "other", rb".{257}ustar"),
    _signature("an old office document", "other", rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    _signature("a program", "other", rb"MZ.{58}|\x7fELF|\xcf\xfa\xed\xfe|#!/"),
    _signature(
        "a playlist", "other", rb"(\xef\xbb\xbf)?\s*(#EXTM3U|\[playlist\]|ffconcat version|<\?xml[^>]*>\s*<MPD\b)"
    ),
    _signature("captions", "other", rb"(\xef\xbb\xbf)?(WEBVTT|1\r?\n\d\d:\d\d:\d\d,\d{3} --> )"),
    _signature("a web page", "other", rb"(?i:(\xef\xbb\xbf)?\s*(<!doctype html|<html\b))"),
    _signature("a description of a stream (SDP)", "other", rb"v=0\r?\no="),
    _signature("a font", "other", rb"\0\x01\0\0\0[\x01-\x40]|OTTO|wOF[F2]"),
    _signature("a database", "other", rb"SQLite format 3\0"),
    _signature("an encrypted file", "other", rb"-----BEGIN |Salted__"),
    _signature("a torrent", "other", rb"d8:announce|d13:announce-list"),
    _signature("a text in RTF", "other", rb"\{\\rtf"),
    _signature("a file of zeros, which an upload or a download that broke off leaves", "other", rb"\0{64,}\Z"),
)
"""All signatures. A more exact one stands before a general one that also matches."""


def signature(head: bytes) -> Signature | None:
    """Return the signature of a file whose format is never or not always accepted; None if no signature matches.

    Args:
        head: The first bytes of the file.

    Example:
        >>> signature(b"wvpk" + bytes(28)).name
        'WavPack'
    """
    return next((known for known in SIGNATURES if known.pattern.match(head)), None)
