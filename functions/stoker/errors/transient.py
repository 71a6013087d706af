"""The errors that a later attempt may not meet."""

from stoker.errors.stoker_error import StokerError


class TransientError(StokerError):
    """An error that a later attempt may not meet. The job is tried again, or fails if it has no attempt left.

    The message says only what is wrong. The engine adds whether the job is tried again.
    """


class Unavailable(TransientError):
    """A service that the work needs did not answer."""

    code = "unavailable"


class EncoderFailed(TransientError):
    """A stop of ffmpeg that the source does not explain: out of memory, killed, or without any sign of life."""

    code = "encoder-failed"


class SpeechFailed(TransientError):
    """A stop of the voice that the text does not explain: killed, without any sign of life, or an incomplete answer."""

    code = "speech-failed"


class NearlyDone(TransientError):
    """The end of an attempt's time when the work was nearly done. A faster instance may finish it."""

    code = "deadline-exceeded"


class InternalError(TransientError):
    """An unexpected error. Its stack is in the log, and never in the document."""

    code = "internal"
