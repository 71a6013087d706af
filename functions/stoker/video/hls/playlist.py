"""The playlists of a single stream. Each lists ranges of bytes of one file."""

from collections.abc import Sequence

from stoker.video.hls.segments import Segment

HEAD = ("#EXTM3U", "#EXT-X-VERSION:7")


def media_playlist(media: str, parts: Sequence[Segment], target: int, *more: str) -> str:
    """Return a playlist of segments.

    Args:
        media: The name of the file. The bytes before its first segment are its header.
        parts: The segments.
        target: The target duration, in seconds.
        more: Further tags of the playlist.
    """
    lines = [
        *HEAD,
        f"#EXT-X-TARGETDURATION:{target}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        *more,
        f'#EXT-X-MAP:URI="{media}",BYTERANGE="{parts[0].offset}@0"',
    ]
    for part in parts:
        lines += [f"#EXTINF:{part.seconds:.6f},", f"#EXT-X-BYTERANGE:{part.size}@{part.offset}", media]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def key_frame_playlist(media: str, parts: Sequence[Segment], target: int) -> str:
    """Return a playlist of key frames, which players show while a viewer seeks. Arguments: as `media_playlist`."""
    return media_playlist(media, parts, target, "#EXT-X-I-FRAMES-ONLY")


def captions_playlist(track: str, seconds: float) -> str:
    """Return a playlist of captions. They are one segment, because a text is too small to be split.

    Args:
        track: The name of the WebVTT file.
        seconds: The duration of the film.
    """
    target = max(1, int(seconds + 0.5))
    lines = [*HEAD, f"#EXT-X-TARGETDURATION:{target}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    return "\n".join([*lines, f"#EXTINF:{seconds:.6f},", track, "#EXT-X-ENDLIST"]) + "\n"
