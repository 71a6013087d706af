"""The description of the source in the job's document."""

from stoker.models.media import Media, MediaAudio, MediaVideo
from stoker.probe.probe import AudioStream, MediaInfo, VideoStream
from stoker.video.sound.loudness import MeasuredLoudness


def describe(info: MediaInfo, loudness: MeasuredLoudness | None) -> Media:
    """Describe a source for the job's document.

    Args:
        info: The content of the source.
        loudness: The measured loudness; None if it was not measured.
    """
    return Media(
        container=info.container,
        duration_seconds=None if info.duration_seconds is None else round(info.duration_seconds, 3),
        video=_picture(info.video) if info.video else None,
        audio=_sound(info.audio, loudness) if info.audio else None,
    )


def _picture(video: VideoStream) -> MediaVideo:
    return MediaVideo(
        codec=video.codec,
        width=video.width,
        height=video.height,
        frames_per_second=round(video.frames_per_second, 3),
        rotation=video.rotation,
        bit_depth=video.bit_depth,
        hdr=video.hdr,
    )


def _sound(audio: AudioStream, loudness: MeasuredLoudness | None) -> MediaAudio:
    return MediaAudio(
        codec=audio.codec,
        channels=audio.channels,
        layout=audio.layout,
        samples_per_second=audio.samples_per_second,
        loudness_lufs=loudness.lufs if loudness else None,
        true_peak_dbtp=loudness.peak_dbtp if loudness else None,
    )
