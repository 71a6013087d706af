"""The duration of the last frame, which a slide show or an animation of web pages holds as long as it likes."""

from collections.abc import Mapping

from stoker.sandbox.formats import ACCEPTED
from stoker.video.source.film import Film

ANIMATION_DEMUXERS = {demuxer for accepted in ACCEPTED if accepted.animation for demuxer in accepted.demuxers}


def held(film: Film) -> Mapping[str, str]:
    """Options of an encoder that keep the duration of the last frame.

    Encoders drop it, and ffmpeg's muxers then repeat the duration before it. No frame may be reordered for that, since
    a muxer takes the last packet for the last frame. Without B-frames, browsers also find each still: they take the
    duration of a frame from the times of decoding, and after a seek into a reordered still they show the next frame.

    Args:
        film: What is encoded.
    """
    if film.info.container not in ANIMATION_DEMUXERS and not film.has_stills:
        return {}
    # Of a part, the last frame ends with the part, and not when it would in the source.
    least = "DURATION" if film.end is None else "1"
    last = f"max({least},{film.picture_end:.6f}/TB-PTS)"
    return {"bf": "0", "bsf": f"setts=duration='if(eq(NEXT_PTS,NOPTS),{last},DURATION)'"}
