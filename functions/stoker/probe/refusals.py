"""Refusals of a source. Each names the reason, and says what to upload instead."""

from stoker.errors import InputTooLarge, UnsupportedMedia
from stoker.probe.signatures import Signature
from stoker.sandbox.error_causes import cause

FILMS = "MP4, MOV, WebM, MKV or AVI"
SOUNDS = "MP3, M4A, WAV, FLAC or Ogg"
ANIMATIONS = "animated GIF, PNG or WebP"


def unsupported(name: str, reason: str, *, sound: bool = False) -> UnsupportedMedia:
    """Return the error for a file that can't be read.

    Args:
        name: The file's name that the user gave.
        reason: The error output of ffmpeg, or the reason of the probe.
        sound: Whether all outputs are of sound.
    """
    known = cause(reason) or "it holds no picture"
    if sound:
        return UnsupportedMedia(
            f"The file {name!r} can't be read as a sound ({known}). Upload an {SOUNDS}, or a film, that plays."
        )
    return UnsupportedMedia(f"The file {name!r} can't be read as a video ({known}). Upload an {FILMS} that plays.")


def wrong_format(name: str, found: Signature, *, sound: bool = False) -> UnsupportedMedia:
    """Return the error for a file of a format that is not accepted.

    Args:
        name: The file's name that the user gave.
        found: The signature of its format.
        sound: Whether all outputs are of sound.
    """
    wanted = f"Upload an {SOUNDS}, or a film." if sound else f"Upload an {FILMS}, or an {ANIMATIONS}."
    match found.kind:
        case "picture":
            return UnsupportedMedia(f"The file {name!r} is a still picture ({found.name}), not a film. {wanted}")
        case "film":
            return UnsupportedMedia(
                f"The file {name!r} is {found.name}, which is not supported. Upload it as {SOUNDS if sound else FILMS}."
            )
        case "sound":
            return UnsupportedMedia(
                f"The file {name!r} is {found.name}, which is not supported. Upload it as {SOUNDS}."
            )
    return UnsupportedMedia(f"The file {name!r} is {found.name}, not a film or a sound. {wanted}")


def undecodable(name: str, medium: str, codec: str) -> UnsupportedMedia:
    """Return the error for a file whose picture or sound has a codec that can't be decoded.

    Args:
        name: The file's name that the user gave.
        medium: `picture` or `sound`.
        codec: ffmpeg's name of the codec.
    """
    instead = f"H.264, in an {FILMS}" if medium == "picture" else f"AAC or MP3, in an {SOUNDS} or a film"
    return UnsupportedMedia(
        f"The {medium} of {name!r} is in a codec that is not supported: {codec}. Upload it in {instead}."
    )


def too_large(name: str) -> InputTooLarge:
    """Return the error for a picture with too many pixels.

    Args:
        name: The file's name that the user gave.
    """
    return InputTooLarge(f"The picture of {name!r} is larger than 7680 x 4320. Upload a smaller one.")
