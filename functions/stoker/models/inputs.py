"""Which model reads the `input` of which type of job."""

from collections.abc import Callable, Mapping
from typing import Any

from stoker.models.audio import AudioInput
from stoker.models.batch import read_batch_input
from stoker.models.document import Model
from stoker.models.job import JobType
from stoker.models.video import VideoInput

INPUTS: Mapping[JobType, Callable[[Mapping[str, Any]], Model]] = {
    "video-processing": VideoInput.from_firestore,
    "audio-generation": AudioInput.from_firestore,
    "batch-operation": read_batch_input,
}
"""The types that have a worker. A job of another type fails as `unsupported-type`."""
