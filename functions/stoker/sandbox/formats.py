"""Formats that a source may have. By ffmpeg's own defaults, a file could name other files and hosts, and ffmpeg would
read them.

The upload rules and the table in `docs/inputs.md` are made from `ACCEPTED`. The child process that opens files imports
this module, so the module imports only the standard library.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """A kind of file that is accepted as a source.

    Attributes:
        name: The name that people use.
        demuxers: ffmpeg's names of the demuxers that open such files.
        endings: Endings of file names, in lower case. They decide if an upload has no media type.
        media_types: The media types that browsers and systems give such files.
        video: ffmpeg's names of the video codecs that are tested in such files.
        audio: ffmpeg's names of the audio codecs that are tested in such files.
        animation: Whether it is an animated picture as web pages have them, with a limit of its own in bytes.
    """

    name: str
    demuxers: tuple[str, ...]
    endings: tuple[str, ...]
    media_types: tuple[str, ...]
    video: tuple[str, ...] = ()
    audio: tuple[str, ...] = ()
    animation: bool = False


ACCEPTED = (
    Accepted(
        "MP4, MOV, M4A, 3GP",
        ("mov",),
        ("mp4", "m4v", "mov", "qt", "3gp", "3g2", "f4v", "m4a", "m4b", "m4r"),
        ("video/mp4", "video/quicktime", "video/3gpp", "video/3gpp2", "audio/mp4", "application/mp4"),
        ("h264", "hevc", "av1", "vp9", "mpeg4", "h263", "mpeg2video", "mjpeg", "prores", "dnxhd", "qtrle", "png"),
        (
            "aac",
            "mp3",
            "ac3",
            "eac3",
            "alac",
            "flac",
            "opus",
            "amr_nb",
            "amr_wb",
            "pcm_s16le",
            "pcm_s24le",
            "pcm_s16be",
        ),
    ),
    Accepted(
        "WebM, MKV",
        ("matroska",),
        ("webm", "mkv", "mka", "mk3d"),
        ("video/webm", "audio/webm", "video/x-matroska", "audio/x-matroska", "application/x-matroska"),
        ("h264", "hevc", "av1", "vp8", "vp9", "mpeg4", "mpeg2video", "theora", "mjpeg", "ffv1", "prores"),
        ("aac", "mp3", "ac3", "eac3", "dts", "flac", "opus", "vorbis", "alac", "truehd", "pcm_s16le", "pcm_f32le"),
    ),
    Accepted(
        "AVI",
        ("avi",),
        ("avi", "divx"),
        ("video/x-msvideo", "video/avi", "video/vnd.avi"),
        ("h264", "mpeg4", "msmpeg4v3", "mjpeg", "dvvideo", "huffyuv", "ffv1"),
        ("mp3", "ac3", "aac", "pcm_s16le", "adpcm_ms"),
    ),
    Accepted(
        "FLV",
        ("flv",),
        ("flv",),
        ("video/x-flv",),
        ("h264", "flv1", "flashsv"),
        ("aac", "mp3", "nellymoser", "pcm_s16le"),
    ),
    Accepted(
        "MPEG-TS",
        ("mpegts",),
        ("ts", "mts", "m2ts", "m2t", "tts"),
        ("video/mp2t", "video/mpeg", "model/vnd.mts"),
        ("h264", "hevc", "mpeg2video", "mpeg1video"),
        ("aac", "mp2", "mp3", "ac3", "eac3", "opus", "dts"),
    ),
    Accepted(
        "MPEG-PS",
        ("mpeg",),
        ("mpg", "mpeg", "m2p", "vob", "mod"),
        ("video/mpeg", "video/mp2p"),
        ("mpeg1video", "mpeg2video"),
        ("mp2", "mp3", "ac3"),
    ),
    Accepted(
        "Windows Media",
        ("asf",),
        ("wmv", "wma", "asf"),
        ("video/x-ms-wmv", "audio/x-ms-wma", "video/x-ms-asf", "application/vnd.ms-asf"),
        ("wmv1", "wmv2", "msmpeg4v3"),
        ("wmav1", "wmav2", "mp3"),
    ),
    Accepted(
        "Ogg",
        ("ogg",),
        ("ogg", "ogv", "oga", "opus", "spx"),
        ("video/ogg", "audio/ogg", "audio/opus", "application/ogg"),
        ("theora", "vp8"),
        ("vorbis", "opus", "flac"),
    ),
    Accepted(
        "WAV",
        ("wav",),
        ("wav", "wave", "bwf"),
        ("audio/wav", "audio/x-wav", "audio/vnd.wave"),
        audio=("pcm_s16le", "pcm_s24le", "pcm_f32le", "pcm_u8", "pcm_mulaw", "pcm_alaw", "adpcm_ms", "adpcm_ima_wav"),
    ),
    Accepted("MP3", ("mp3",), ("mp3",), ("audio/mpeg", "audio/mp3"), audio=("mp3", "mp2")),
    Accepted("FLAC", ("flac",), ("flac",), ("audio/flac", "audio/x-flac"), audio=("flac",)),
    Accepted("AAC (ADTS)", ("aac",), ("aac", "adts"), ("audio/aac", "audio/aacp", "audio/x-aac"), audio=("aac",)),
    Accepted(
        "AC-3, E-AC-3", ("ac3", "eac3"), ("ac3", "eac3", "ec3"), ("audio/ac3", "audio/eac3"), audio=("ac3", "eac3")
    ),
    Accepted("AMR", ("amr",), ("amr", "awb"), ("audio/amr", "audio/amr-wb", "audio/3gpp"), audio=("amr_nb", "amr_wb")),
    Accepted(
        "AIFF",
        ("aiff",),
        ("aif", "aiff", "aifc"),
        ("audio/aiff", "audio/x-aiff"),
        audio=("pcm_s16be", "pcm_s24be", "pcm_s8", "pcm_f32be", "pcm_mulaw", "pcm_alaw", "adpcm_ima_qt"),
    ),
    Accepted(
        "CAF",
        ("caf",),
        ("caf",),
        ("audio/x-caf",),
        audio=("pcm_s16be", "pcm_s16le", "pcm_f32le", "aac", "alac", "adpcm_ima_qt", "amr_nb"),
    ),
    Accepted("animated GIF", ("gif",), ("gif",), ("image/gif",), ("gif",), animation=True),
    Accepted("animated PNG", ("apng",), ("apng", "png"), ("image/apng", "image/png"), ("apng",), animation=True),
    Accepted("animated WebP", ("webp_anim",), ("webp",), ("image/webp",), ("webp",), animation=True),
)
"""All formats that a source may have. None of them is a playlist, a script or a list of other files."""

CONTAINERS = ",".join(demuxer for accepted in ACCEPTED for demuxer in accepted.demuxers)
"""Demuxers for the films and sounds of users."""

PICTURES = "image2,jpeg_pipe"
"""Demuxers for the still pictures that a worker has made."""

WATERMARKS = "png_pipe,jpeg_pipe,webp_pipe"
"""Demuxers for the still pictures of users."""

PIPE = "pipe"
"""The protocol of a file that the worker sends through standard input."""

DISCONTINUOUS_TIMESTAMPS = frozenset({"mpegts", "mpeg", "ogg"})
"""Demuxers of formats whose timestamps may jump in the middle. ffmpeg's clock for them begins with the first stream
that it uses. Source: AVFMT_TS_DISCONT in https://github.com/FFmpeg/FFmpeg/tree/master/libavformat."""

PROTOCOLS = "file"
"""The protocols that may read a file. So there is no network, and no `concat:` or `subfile:` of other files."""
