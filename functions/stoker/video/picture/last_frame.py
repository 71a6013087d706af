"""The duration of the last frame, which may be long in slide shows and in animated pictures of web pages."""

from collections.abc import Mapping

from stoker.sandbox.formats import ACCEPTED
from stoker.video.source.film import Film

ANIMATION_DEMUXERS = {demuxer for accepted in ACCEPTED if accepted.animation for demuxer in accepted.demuxers}


def last_frame_options(film: Film) -> Mapping[str, str]:
    """Return the options of an encoder that keep the duration of the last frame.

    Encoders drop this duration, and ffmpeg's muxers then use the duration of the frame before. The options also switch
    B-frames off, for two reasons. A muxer takes the last packet for the last frame, so that frames must not be
    reordered. And browsers take the duration of a frame from the times of decoding: after a seek into a reordered
    still, they would show the next frame.

    Args:
        film: The film that is encoded.
    """
    if film.info.container not in ANIMATION_DEMUXERS and not film.has_stills:
        return {}
    # If the film ends before its source, the last frame ends with the film, not when it ends in the source.
    least = "DURATION" if film.end is None else "1"
    last = f"max({least},{film.picture_end:.6f}/TB-PTS)"
    return {"bf": "0", "bsf": f"setts=duration='if(eq(NEXT_PTS,NOPTS),{last},DURATION)'"}
