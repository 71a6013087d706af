"""The errors that end a job, because a later attempt can't succeed."""

from stoker.errors.stoker_error import StokerError


class PermanentError(StokerError):
    """An error that every later attempt would meet again. The job fails at once."""


class InvalidJob(PermanentError):
    """A document that can't run as a job. Correct every problem that the message names, and write a new job."""

    code = "invalid-job"


class UnsupportedType(PermanentError):
    """A job of a type that no worker here does. Write a new job of a type that the message names."""

    code = "unsupported-type"


class Duplicate(PermanentError):
    """A job whose `dedupeKey` another job of the owner holds. Wait for the end of that job, or use another key."""

    code = "duplicate"


class InputForbidden(PermanentError):
    """A source outside the folders that the job's owner may read. Name a file in a folder that the message names."""

    code = "input-forbidden"


class InputNotFound(PermanentError):
    """A source that does not exist, or was deleted or replaced while the job read it.

    Upload it, and write a new job.
    """

    code = "input-not-found"


class InputEmpty(PermanentError):
    """A source of zero bytes. Upload it again."""

    code = "input-empty"


class InputTooLarge(PermanentError):
    """A source with more bytes, pixels, seconds or streams than the limit that the message names."""

    code = "input-too-large"


class UnsupportedMedia(PermanentError):
    """A source that is not of a kind that the job takes, or that can't be read. Convert it to an accepted format."""

    code = "unsupported-media"


class TruncatedMedia(PermanentError):
    """A source whose end is missing. Upload the whole file."""

    code = "truncated-media"


class UnknownLanguage(PermanentError):
    """A language that no voice speaks. Choose a language that the message names."""

    code = "unknown-language"


class UnknownVoice(PermanentError):
    """A voice that does not exist, or that speaks another language. Choose a voice that the message names."""

    code = "unknown-voice"


class NothingToSpeak(PermanentError):
    """A text of which no part can be spoken. Write a text with letters, digits or symbols."""

    code = "nothing-to-speak"


class SpeechRefused(PermanentError):
    """A text or an option that the voice refuses. The message says which."""

    code = "speech-refused"


class AccountLocked(PermanentError):
    """A job whose owner's account is locked. An admin can unlock the account."""

    code = "account-locked"


class AccountGone(PermanentError):
    """A job whose owner's account was deleted."""

    code = "account-gone"


class LoudnessUnreachable(PermanentError):
    """A loudness that the sound can't have with its peaks below the limit. Ask for a lower loudness."""

    code = "loudness-unreachable"


class StorageQuotaExceeded(PermanentError):
    """A job whose owner stores more than a user may store. Delete files or jobs, and retry."""

    code = "storage-quota-exceeded"


class DeadlineExceeded(PermanentError):
    """Work that does not fit the time of an attempt. Ask for less, as the message says."""

    code = "deadline-exceeded"


class AttemptsExhausted(PermanentError):
    """A job whose last attempt stopped without a final write, for example because its instance ran out of memory."""

    code = "attempts-exhausted"


class WorkExhausted(PermanentError):
    """A job whose attempts together took the longest time that a job may take. Divide the work among several jobs."""

    code = "work-exhausted"
