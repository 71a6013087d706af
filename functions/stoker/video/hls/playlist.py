"""The playlists of one stream each. Each names ranges of bytes of a single file."""

from collections.abc import Sequence

from stoker.video.hls.segments import Segment

HEAD = ("#EXTM3U", "#EXT-X-VERSION:7")


def media_playlist(media: str, parts: Sequence[Segment], target: int, *more: str) -> str:
    """A playlist of segments.

    Args:
        media: The file. What lies before its first segment is its header.
        parts: Its segments.
        target: The target duration, in seconds.
        more: Tags that it has besides.
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
    """A playlist of key frames alone, from which players show pictures while a viewer searches; as `media_playlist`."""
    return media_playlist(media, parts, target, "#EXT-X-I-FRAMES-ONLY")


def captions_playlist(track: str, seconds: float) -> str:
    """A playlist of captions, in one segment: words are too small to be worth more.

    Args:
        track: The WebVTT file.
        seconds: How long the film plays.
    """
    target = max(1, int(seconds + 0.5))
    lines = [*HEAD, f"#EXT-X-TARGETDURATION:{target}", "#EXT-X-PLAYLIST-TYPE:VOD"]
    return "\n".join([*lines, f"#EXTINF:{seconds:.6f},", track, "#EXT-X-ENDLIST"]) + "\n"
