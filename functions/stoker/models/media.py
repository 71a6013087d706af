"""Properties of a film or a sound, as they were measured."""

from typing import Literal

from stoker.models.document import Model


class MediaVideo(Model):
    """The properties of the picture.

    Attributes:
        codec: The name of the codec in ffmpeg, such as `h264`.
        width: The width of the picture as it is shown, in pixels.
        height: The height of the picture as it is shown, in pixels.
        frames_per_second: The average frame rate.
        rotation: The rotation that the file asks for, in degrees counter-clockwise.
        bit_depth: The bits of each colour.
        hdr: The kind of HDR: `pq` (HDR10) or `hlg`. Missing if the picture is not HDR.
    """

    codec: str
    width: int
    height: int
    frames_per_second: float
    rotation: int
    bit_depth: int
    hdr: Literal["pq", "hlg"] | None = None


class MediaAudio(Model):
    """The properties of the sound.

    Attributes:
        codec: The name of the codec in ffmpeg, such as `aac`.
        channels: The number of channels.
        layout: The name of the layout of the channels in ffmpeg, such as `stereo` or `5.1(side)`.
        samples_per_second: The sample rate, in samples per second.
        loudness_lufs: The integrated loudness of the stereo mix, in LUFS, of the part that was used. Missing if it was
            not measured. Source: EBU R 128.
        true_peak_dbtp: The true peak of the stereo mix, in dBTP, of the part that was used. Missing if it was not
            measured.
    """

    codec: str
    channels: int
    layout: str
    samples_per_second: int
    loudness_lufs: float | None = None
    true_peak_dbtp: float | None = None


class Media(Model):
    """The properties of a film or a sound.

    Attributes:
        container: The names of the file format in ffmpeg, such as `mov,mp4,m4a,3gp,3g2,mj2`.
        duration_seconds: The duration in seconds. Missing if it is not known.
        video: The properties of the picture. Missing if there is no picture.
        audio: The properties of the sound. Missing if there is no sound.
    """

    container: str
    duration_seconds: float | None = None
    video: MediaVideo | None = None
    audio: MediaAudio | None = None
