"""What a worker found out about a film or a sound that a user brought."""

from typing import Literal

from stoker.models.document import Model


class MediaVideo(Model):
    """The picture.

    Attributes:
        codec: As ffmpeg calls it.
        width: Pixels as shown.
        height: Pixels as shown.
        frames_per_second: On average.
        rotation: Degrees by which the file says that the picture is turned, counter-clockwise.
        bit_depth: Of each colour.
        hdr: `pq` (HDR10) or `hlg`, where it is.
    """

    codec: str
    width: int
    height: int
    frames_per_second: float
    rotation: int
    bit_depth: int
    hdr: Literal["pq", "hlg"] | None = None


class MediaAudio(Model):
    """The sound.

    Attributes:
        codec: As ffmpeg calls it.
        channels: How many there are.
        layout: Which, as ffmpeg calls it: `stereo`, `5.1(side)`.
        samples_per_second: Of each channel.
        loudness_lufs: Integrated, of its stereo mix and of the part that was used; left out where nobody listened.
            Source: EBU R 128.
        true_peak_dbtp: The same, in decibels below full scale.
    """

    codec: str
    channels: int
    layout: str
    samples_per_second: int
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None


class Media(Model):
    """What a file holds.

    Attributes:
        container: ffmpeg's names for its format.
    """

    container: str
    duration_seconds: float | None = None
    video: MediaVideo | None = None
    audio: MediaAudio | None = None
