"""The picture of a usual film, as the probe reports it."""

from stoker.probe.probe import VideoStream

FILM = VideoStream(
    index=0,
    codec="h264",
    width=1920,
    height=1080,
    square_pixels=True,
    frames_per_second=25,
    duration_seconds=60,
    progressive=True,
    steady=True,
)
