"""Every attack on the files that we can think of, and every way that must be open."""

from collections.abc import Iterator
from dataclasses import dataclass

from rules.case import STRANGERS
from stoker import config
from stoker_tools.rules_lab.storage import Browse, Download, Relabel, Remove, StorageRequest, Upload

SCALED = 1_000
"""The largest film in bytes in these tests: no emulator takes a gigabyte."""

ANIMATION_TYPES = ("image/gif", "image/apng", "image/png", "image/webp")

BOUNDED = (
    (config.LIST_TYPES, config.MAX_LIST_BYTES, 500),
    (ANIMATION_TYPES, config.MAX_ANIMATION_BYTES, 500),
    (("image/jpeg",), config.MAX_WATERMARK_BYTES, 400),
    (config.CAPTIONS_TYPES, config.MAX_CAPTIONS_BYTES, 300),
)
"""Media types that have a bound of their own, that bound, and what takes its place here."""

UNKNOWN = ("application/octet-stream", "binary/octet-stream")
"""The media types that clients send if they do not know a file's media type."""

NAMED = (
    ("new.MTS", UNKNOWN, SCALED),
    ("new.GIF", UNKNOWN, 500),
    ("new.Srt", (*UNKNOWN, "text/plain"), 300),
    *(
        (f"new.{ending}", (*UNKNOWN, *config.VAGUE_LIST_TYPES), 500)
        for ending in ("Csv", "TSV", "json", "ndjson", "jsonl")
    ),
)
"""A name by which a file of some media types is accepted, and the bound of its size here."""

WITH_PARAMETERS = (
    "video/webm;codecs=vp9,opus",
    "video/webm; codecs=vp8",
    'video/mp4; codecs="avc1.42E01E, mp4a.40.2"',
    "audio/L16;rate=16000;channels=1",
    "audio/vnd.dolby.dd-raw",
    "video/x-ms-wmv",
    "video/" + "a" * 64,
    "video/mp4;a=",
    "TEXT/CSV",
    "text/csv; charset=utf-8",
    'text/csv;charset="UTF-8"',
    "Application/JSON ;charset=iso-8859-1:1987",
    "application/x-ndjson;charset=" + "a" * 40,
)
"""Media types that browsers and recorders send."""

MISSHAPEN = (
    "video/<script>",
    "audio/<script>",
    "video/mp4;<script>",
    "video/mp4;a=<script>",
    'video/mp4;a="<script>"',
    "video/mp4 html",
    "video/mp4,text/html",
    "video/mp4;",
    "video/mp4;codecs",
    'video/mp4;codecs="a',
    "video/mp4;a=b;c=d;e=f;g=h",
    "video/-mp4",
    "video/mp4\\html",
    "video/" + "a" * 65,
    "video/mp4;a=" + "a" * 101,
    "video/mp4\ttext/html",
    "video/.",
    "text/csv; charset=",
    "text/csv; charset=<script>",
    "text/csv;charset=" + "a" * 41,
    "text/csv;a=b",
    "text/csv;charset=a;charset=b",
)
"""Texts that are not media types, and types that a browser could show as markup."""

NOT_IN_NAMES = ("\x00", "\n", "\r", "\t", "\x1f", "\x7f", "\x85", "\x9f", "\u2028", "\u2029")
"""Control characters and line separators."""

EVERYONE = ("ada", "nameless", *STRANGERS)

OBJECTS = (
    "user-uploads/ada/cat.mp4",
    "user-uploads/ada/deep/er/cat.mp4",
    "job-outputs/ada/job/1/cat.mp4",
    "public/cat.mp4",
    "user-uploads/ada/cat.gif",
    "user-uploads/ada/cat.vtt",
    "user-uploads/ada/cat.csv",
)
"""Files that are there."""


@dataclass(frozen=True)
class StorageCase:
    """A request with the expected decision.

    Attributes:
        group: The folder.
        name: The special property of this case.
        who: The name of a user of `stoker_tools.rules_lab.identities.Tokens`.
        request: The request.
        allowed: True if the rules must allow it.
    """

    group: str
    name: str
    who: str
    request: StorageRequest
    allowed: bool = False

    @property
    def place(self) -> str:
        """The object that the request touches."""
        return self.request.path

    def __str__(self) -> str:
        return f"{self.request} by {self.who}, {self.name}: must be {'allowed' if self.allowed else 'refused'}"


def scaled(rules: str) -> str:
    """Return the rules with the smaller sizes `SCALED` and `BOUNDED` in place of those that workers take."""
    small = rules.replace(str(config.MAX_SOURCE_BYTES), str(SCALED))
    for most, scaled in ((most, scaled) for _, most, scaled in BOUNDED):
        small = small.replace(str(most), str(scaled))
    return small


def storage_cases() -> list[StorageCase]:
    """All of them."""
    return [*_uploads(), *_outputs(), *_public(), *_elsewhere()]


def _uploads() -> Iterator[StorageCase]:
    group = "user-uploads"
    for who in EVERYONE:
        own = who in ("ada", "nameless")
        for there in OBJECTS[:2]:
            yield StorageCase(group, "read", who, Download(there), allowed=own)
            yield StorageCase(group, "replace", who, Upload(there), allowed=own)
            yield StorageCase(group, "delete", who, Remove(there), allowed=own)
            yield StorageCase(group, "relabel", who, Relabel(there, "video/webm"), allowed=own)
        yield StorageCase(group, "read what is not there", who, Download("user-uploads/ada/none.mp4"), allowed=own)
        yield StorageCase(group, "new", who, Upload("user-uploads/ada/new.mp4"), allowed=own)
        yield StorageCase(group, "list", who, Browse("user-uploads/ada/"), allowed=own)
        yield StorageCase(group, "list all", who, Browse("user-uploads/"))
        yield StorageCase(group, "no owner", who, Upload("user-uploads/cat.mp4"))
    new = "user-uploads/ada/new.mp4"
    accepted = (
        "video/mp4",
        "video/quicktime",
        "audio/mpeg",
        "audio/x-wav",
        "text/csv",
        "application/x-ndjson",
        "application/json",
        "application/mp4",
        "application/ogg",
        "application/x-matroska",
        "application/vnd.ms-asf",
        "model/vnd.mts",
    )
    for content_type in accepted:
        yield StorageCase(group, "accepted", "ada", Upload(new, content_type), allowed=True)
    for content_type in (
        "text/html",
        "text/plain",
        "image/svg+xml",
        "application/javascript",
        "application/vnd.apple.mpegurl",
        "application/vnd-ms-asf",
        "application/mp4/html",
        "application/zip",
        "ghost",
        "text/csv+html",
        "video/",
        "video/mp4/html",
        "xvideo/mp4",
        "text/csv2",
        "text/html;video/mp4",
        "application/x-ndjson+html",
    ):
        yield StorageCase(group, "another type", "ada", Upload(new, content_type))
    for content_type in WITH_PARAMETERS:
        yield StorageCase(group, "accepted with parameters", "ada", Upload(new, content_type), allowed=True)
    for content_type in MISSHAPEN:
        yield StorageCase(group, "no media type", "ada", Upload(new, content_type))
    yield from _names()
    yield from _unknown_types()
    yield StorageCase(group, "relabel as HTML", "ada", Relabel(OBJECTS[0], "text/html"))
    yield StorageCase(group, "the largest", "ada", Upload(new, size=SCALED), allowed=True)
    yield StorageCase(group, "too large", "ada", Upload(new, size=SCALED + 1))
    for types, _, scaled in BOUNDED:
        for content_type in types:
            yield StorageCase(group, "the largest of its type", "ada", Upload(new, content_type, scaled), allowed=True)
            yield StorageCase(group, "too large for its type", "ada", Upload(new, content_type, scaled + 1))
    yield StorageCase(group, "far too large", "ada", Upload(new, size=100 * SCALED))


def _names() -> Iterator[StorageCase]:
    """Yield names that a worker takes, and names outside the folder or with a line break."""
    group = "user-uploads"
    folder = "user-uploads/ada"
    longest = "a" * (1024 - len(f"{folder}//"))
    for name in ("...", "..a", ".a", "a..", "a.", "a b", "ü🐈", "a/...b", "~", "%2e%2e", "a\\b", "%00", longest):
        yield StorageCase(group, "a plain name", "ada", Upload(f"{folder}/{name}"), allowed=True)
    for letter, size in (("a", 1), ("ü", 2), ("€", 3), ("🐈", 4)):
        most = (1024 - len(f"{folder}/")) // size
        request = Upload(f"{folder}/{letter * most}")
        yield StorageCase(group, "a name of the most bytes", "ada", request, allowed=True)
        yield StorageCase(group, "a name of too many bytes", "ada", Upload(f"{folder}/{letter * (most + 1)}"))
    yield StorageCase(group, "the folder's own name", "ada", Upload(folder))
    yield StorageCase(group, "the folder's own name", "ada", Upload(f"{folder}/"))
    for control in NOT_IN_NAMES:
        for name in (f"a{control}b", control, f"{control}a/b", f"a/b{control}"):
            yield StorageCase(group, f"a name with {control!r}", "ada", Upload(f"{folder}/{name}"))
    for name in (".", "..", "../bob/a", "a/../b", "a/..", "a/.", "./a", "a/./b", "/a", "a//b", "a/", "..//a"):
        yield StorageCase(group, "a name that could be resolved", "ada", Upload(f"{folder}/{name}"))


def _unknown_types() -> Iterator[StorageCase]:
    """Files whose name decides, because their media type says nothing."""
    group = "user-uploads"
    for there in (OBJECTS[0], *OBJECTS[4:]):
        yield StorageCase(group, "relabel as nothing", "ada", Relabel(there, ""), allowed=True)
    for name, types, most in NAMED:
        path = f"user-uploads/ada/{name}"
        for content_type in types:
            yield StorageCase(group, "accepted by name", "ada", Upload(path, content_type, most), allowed=True)
            yield StorageCase(group, "too large for its name", "ada", Upload(path, content_type, most + 1))
        for content_type in ("text/html", "ghost", "application/zip"):
            yield StorageCase(group, "a good name, another type", "ada", Upload(path, content_type))
    for name in ("new.mkv", "new.caf", "new.amr", "deep/er/new.m2ts", "a.b.ogg", "mp4.webp", "new.apng", ".vtt"):
        yield StorageCase(
            group, "accepted by name", "ada", Upload(f"user-uploads/ada/{name}", UNKNOWN[0]), allowed=True
        )
    for name in ("new.html", "new", "mp4", "new.mp4.exe", "new.mp4/html", "newmp4", "new.mp4x", "new.xmp4", "new.m3u8"):
        yield StorageCase(group, "another name", "ada", Upload(f"user-uploads/ada/{name}", UNKNOWN[0]))
    yield StorageCase(group, "text by another name", "ada", Upload("user-uploads/ada/new.gif", "text/plain"))


def _outputs() -> Iterator[StorageCase]:
    group = "job-outputs"
    there = OBJECTS[2]
    for who in EVERYONE:
        own = who in ("ada", "nameless")
        yield StorageCase(group, "read", who, Download(there), allowed=own)
        yield StorageCase(group, "read what is not there", who, Download("job-outputs/ada/job/1/none.mp4"), allowed=own)
        yield StorageCase(group, "list", who, Browse("job-outputs/ada/job/1/"), allowed=own)
        yield StorageCase(group, "list all", who, Browse("job-outputs/"))
        yield StorageCase(group, "replace", who, Upload(there))
        yield StorageCase(group, "new", who, Upload("job-outputs/ada/job/1/new.mp4"))
        yield StorageCase(group, "delete", who, Remove(there))
        yield StorageCase(group, "relabel", who, Relabel(there, "text/html"))


def _public() -> Iterator[StorageCase]:
    group = "public"
    there = OBJECTS[3]
    for who in EVERYONE:
        admin = who == "rex"
        yield StorageCase(group, "read", who, Download(there), allowed=True)
        yield StorageCase(group, "list", who, Browse("public/"), allowed=True)
        yield StorageCase(group, "replace", who, Upload(there, "image/png"), allowed=admin)
        yield StorageCase(group, "new", who, Upload("public/a/new.html", "text/html"), allowed=admin)
        yield StorageCase(group, "relabel", who, Relabel(there, "text/html"), allowed=admin)
        yield StorageCase(group, "delete", who, Remove(there), allowed=admin)


def _elsewhere() -> Iterator[StorageCase]:
    for who in EVERYONE:
        for path in ("cat.mp4", "other/cat.mp4", "ada/cat.mp4", "user-uploads", "backups/all.zip", "publicity/cat.mp4"):
            yield StorageCase("elsewhere", "new", who, Upload(path))
            yield StorageCase("elsewhere", "read", who, Download(path))
            yield StorageCase("elsewhere", "delete", who, Remove(path))
