"""Which model reads the `input` of which type of job."""

from collections.abc import Mapping

from stoker.models.audio import AudioInput
from stoker.models.document import Model
from stoker.models.job import JobType
from stoker.models.video import VideoInput

INPUTS: Mapping[JobType, type[Model]] = {"video-processing": VideoInput, "audio-generation": AudioInput}
"""The types that have a worker. A job of another type fails as `unsupported-type`."""
