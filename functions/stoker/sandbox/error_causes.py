"""Causes of ffmpeg's errors, in words for users, without memory addresses, component names and our file names."""

import re

SPECIFIC = (
    ("its index is missing: it was cut off, or is still being written", ("moov atom not found",)),
    ("it is cut off before its end", ("partial file",)),
    ("it ends in the middle", ("File ended prematurely", "Truncated", "truncated")),
    ("its header is damaged", ("EBML header parsing failed", "invalid EBML", "Duplicate element")),
    (
        "its parts are damaged",
        ("exceeds containing master element", "Packet mismatch", "packet_obj_size", "invalid padsize", "bad header"),
    ),
    ("its checksums are wrong, so it was damaged on its way", ("CRC mismatch", "checksum")),
    ("it holds no MP3 sound that can be found", ("Failed to find two consecutive MPEG audio frames", "Header missing")),
    (
        "the part with its sound is missing",
        ("no 'data' tag found", "no SSND", "missing COMM", "invalid AIFF", "not an AIFF"),
    ),
    (
        "its table of packets is damaged or missing",
        ("missing packet table", "packet table", "missing data chunk", "invalid .* chunk"),
    ),
    ("its format is not accepted", ("Format not on whitelist",)),
    ("it refers to another file or host, which is not opened", ("Protocol .* not on whitelist",)),
    ("it refers to another file", ("No such file or directory", "Permission denied", "Unable to open .* alias")),
    (
        "its codec is not supported: {}",
        (r"no decoder found for: (?!none)([\w.-]+)", r"Decoder \(codec ([\w.-]+)\) not found"),
    ),
    (
        "its codec is not supported",
        ("no decoder found for: none", "unknown codec", "Decoder not found", "Unsupported codec"),
    ),
    ("its streams do not say what they hold", ("could not find codec parameters", "Could not find codec parameters")),
    (
        "its picture has a size that is not possible",
        (
            r"[Pp]icture size \d+x\d+ is invalid",
            "exceeds specified max pixel count",
            "Invalid (?:image|picture) size",
            "dimensions? .*invalid",
            "Picture size is too large",
            "too large dimension",
        ),
    ),
    ("it is encrypted", ("encrypted", "Encrypted", "DRM", "decryption", "sample encryption")),
    ("most of it can't be decoded", ("Decode error rate",)),
    (
        "nothing in it can be decoded",
        (
            "no frame can be decoded",
            "Cannot determine format of input",
            "received no packets",
            "Output file is empty",
            "Finishing stream without any data",
            "does not contain any stream",
            "matches no streams",
        ),
    ),
    (
        "its times are not in order",
        (
            "non.?monotonically increasing",
            "[Nn]on-monotonous",
            "out of order",
            "Invalid timestamps",
            "timestamp.* unset",
            "Timestamps are unset",
            "Can't write packet with unknown timestamp",
        ),
    ),
    (
        "its picture or sound is damaged",
        (
            "non-existing [SPV]PS",
            "[spv]ps_id",
            "no frame!",
            "decode_slice_header",
            "missing picture in access unit",
            "illegal .*vlc",
            "damaged at",
            "error while decoding MB",
            "Error at MB",
            "concealing",
            "Invalid NAL",
            "Error splitting the input into NAL",
            "missing reference",
            "Missing reference",
            "Invalid level",
            "cabac",
            "Reference .* invalid",
            "Picture data overread",
            "Frame header",
            "Invalid frame",
            "invalid frame",
            "Key frame missing",
            "No keyframe",
            "bitstream",
            r"decode_frame\(\) failed",
        ),
    ),
    (
        "its picture or sound is damaged",
        (
            "Input buffer exhausted",
            "channel element",
            "Reserved bit set",
            "Number of scalefactor bands",
            "invalid sync code",
            "invalid residual",
            "packet size too small",
            "Corrupt",
            "corrupt",
            "overread",
            "Invalid packet",
            "invalid packet",
        ),
    ),
    (
        "its colours can't be converted",
        (
            "no path between colorspaces",
            "Impossible to convert between",
            "Failed to configure .*scale",
            "Unsupported .*pixel format",
            "Unsupported (?:input|output) .*format",
        ),
    ),
    (
        "it uses a feature that is not supported",
        ("Not yet implemented", "not implemented", "patches welcome", "unsupported feature", "not supported"),
    ),
    ("its sound has a gap that is too long", ("Failed to compensate for timestamp delta",)),
    (
        "no output of what was asked for can be encoded from it",
        (
            "WebPAnimEncoderAssemble",
            "Error while opening encoder",
            "Error initializing encoder",
            "Failed to initialize encoder",
        ),
    ),
)
"""Each cause in words, and the patterns of ffmpeg's messages that mean it. A matched group takes the place of `{}`."""

GENERAL = (
    ("it ends before anything in it can be read", ("Input/output error", "End of file")),
    ("its data are damaged, or of another kind than its beginning says", ("Invalid data found",)),
    ("it claims a size that no memory holds", ("Cannot allocate memory",)),
    (
        "its picture or sound is damaged",
        ("Error submitting (?:a )?packet", "Error (?:while )?decoding", "Decoding error"),
    ),
    ("nothing in it can be decoded", ("Nothing was written",)),
    (
        "a part of it has a form that can't be worked on",
        (
            "Invalid argument",
            "Error number",
            "Generic error",
            "Unknown error",
            "Internal bug",
            "Task finished",
            "Conversion failed",
        ),
    ),
    ("it can't be opened", ("Error opening", "Error (?:re)?initializing", "Error sending", "Terminating thread")),
)
"""As `SPECIFIC`, for messages that only repeat that something failed."""

PART = re.compile(r"^(\[[^\]]*\]\s*|\w+ \[(error|warning)\]:\s*)+")
"""Prefixes that name a component of ffmpeg, with its address."""

ADDRESS = re.compile(r"\s*(@ )?\b0x[0-9a-fA-F]+\b")
OUR_NAME = re.compile(
    r"\b(source|watermark|captions)\b|\bpipe:\d?|(?<!\S)'?/\S+|\S+\.(mp4|webm|m4s|m4a|mp3|ogg|wav|jpg|webp|gif|ass|png)\b"
)
CHARACTERS = 120
LINE_CHARACTERS = 500
"""Characters of a line that are searched. A file may make ffmpeg write lines of any length."""

CODECS = {
    "ac4": "AC-4",
    "mpegh_3d_audio": "MPEG-H 3D Audio",
    "evc": "EVC",
    "avs3": "AVS3",
    "drms": "FairPlay (encrypted)",
    "drmi": "FairPlay (encrypted)",
    "enca": "encrypted (DRM)",
    "encv": "encrypted (DRM)",
}
"""Names for people, of codecs and tags whose own name says little."""


def cause(error_output: str) -> str:
    """Return the first known cause in ffmpeg's error output, or its first line if no cause is known.

    Args:
        error_output: What ffmpeg wrote to standard error, or a reason in our own words. It may be empty.

    Example:
        >>> cause("[in#0 @ 0x55db57bc1d40] moov atom not found\\nError opening input files: Invalid data found")
        'its index is missing: it was cut off, or is still being written'
    """
    lines = [line for line in (_bare(line) for line in error_output.splitlines()) if line]
    for line in lines:
        if words := _words(line, SPECIFIC):
            return words
    general = next((words for line in lines if (words := _words(line, GENERAL))), "")
    return general or "".join(lines[:1])[:CHARACTERS]


def codec_name(name: str) -> str:
    """Return the name of a codec for people.

    Args:
        name: ffmpeg's name of the codec, or the tag that a file has for it.
    """
    return CODECS.get(name, name[:32])


def _bare(line: str) -> str:
    line = PART.sub("", line.strip()[:LINE_CHARACTERS])
    return (
        "" if line.startswith("Last message repeated") else ADDRESS.sub("", OUR_NAME.sub("the file", line)).strip(" .:")
    )


def _words(line: str, table: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    for words, patterns in table:
        for pattern in patterns:
            if found := re.search(pattern, line):
                return words.format(*map(codec_name, found.groups()))
    return ""
