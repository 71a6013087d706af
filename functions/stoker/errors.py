"""Every error that Stoker raises on purpose, as one tree.

StokerError
├── PermanentError            a later attempt can't succeed: the job fails now
│   ├── InvalidJob              invalid-job             the document can't run as a job
│   ├── UnsupportedType         unsupported-type        no worker here does jobs of this type
│   ├── Duplicate               duplicate               another job with the same dedupeKey has not ended
│   ├── InputForbidden          input-forbidden         the owner may not read the source
│   ├── InputNotFound           input-not-found         the source does not exist
│   ├── InputEmpty              input-empty             the source holds no bytes
│   ├── InputTooLarge           input-too-large         the source has too many bytes, pixels, seconds or streams
│   ├── UnsupportedMedia        unsupported-media       the source has another format, or can't be read
│   ├── TruncatedMedia          truncated-media         the end of the source is missing
│   ├── UnknownLanguage         unknown-language        no voice speaks the language
│   ├── UnknownVoice            unknown-voice           the voice does not exist, or speaks another language
│   ├── NothingToSpeak          nothing-to-speak        no part of the text can be spoken
│   ├── SpeechRefused           speech-refused          the voice refuses the text or an option
│   ├── AccountLocked           account-locked          the owner's account is locked
│   ├── AccountGone             account-gone            the owner's account was deleted
│   ├── LoudnessUnreachable     loudness-unreachable    the sound can't be so loud with peaks below the limit
│   ├── StorageQuotaExceeded    storage-quota-exceeded  the owner stores more than a user may store
│   ├── DeadlineExceeded        deadline-exceeded       the work does not fit the time of an attempt
│   ├── AttemptsExhausted       attempts-exhausted      the last attempt stopped without a final write
│   └── WorkExhausted           work-exhausted          all attempts together took the longest time that a job may take
├── RequestRefused            the request can't be met: nothing was changed
│   ├── JobNotFound             job-not-found           the job does not exist, or is another user's
│   ├── JobExists               job-exists              another job has this id
│   ├── NotRetryable            not-retryable           the job has not ended, or has nothing to run again
│   ├── NotCancellable          not-cancellable         the job has ended
│   ├── NotDeletable            not-deletable           the job has not ended, or its record is still needed
│   ├── UserNotFound            user-not-found          the account does not exist
│   ├── OwnRole                 own-role                admins can't remove their own admin role
│   ├── ClaimsTooLarge          claims-too-large        the user's role and permissions do not fit into a token
│   ├── RecentSignInRequired    recent-sign-in-required the last sign-in is too long ago for this change
│   ├── NotRebuildable          not-rebuildable         raw events of the time may have expired
│   └── RollUpBusy              rolling-up              the roll-up did not release its lease
├── CallRefused               a client's call is refused before the function runs, or because of its arguments
│   ├── NotSignedIn             unauthenticated         the call has no valid ID token
│   ├── AppCheckNeeded          app-check-required      the call has no valid token of Firebase App Check
│   ├── NotAllowed              permission-denied       the caller lacks the role or a permission
│   ├── UserIdRefused           user-id-refused         no document can have the account's uid as its id
│   ├── EmailDomainRefused      email-domain-refused    an admin refuses sign-ups from the domain of the address
│   ├── TooManyCalls            too-many-calls          the user has made too many calls in this minute
│   └── InvalidArgument         invalid-argument        the arguments do not have the function's form
├── TransientError            a later attempt may succeed: the job is tried again
│   ├── Unavailable             unavailable             a service that the work needs did not answer
│   ├── EncoderFailed           encoder-failed          ffmpeg stopped, and the source is not the reason
│   ├── SpeechFailed            speech-failed           the voice stopped, and the text is not the reason
│   ├── NearlyDone              deadline-exceeded       the time was up when the work was nearly done
│   └── InternalError           internal                an unexpected error; its stack is in the log
└── Interrupted               the attempt must stop: nothing is wrong with the work
    ├── JobCancelled            cancelled               the owner has cancelled the job
    ├── LeaseLost               lease-lost              the attempt no longer holds the job
    ├── HandedBack              handed-back             the platform stops the instance; the attempt does not count
    └── TimeIsUp                time-is-up              the next attempt goes on; this one does not count

A message is a sentence for the person who wrote the job or made the call. It names what is wrong and says what to do.
The message of a `TransientError` only says what is wrong. For a job, the engine adds what happens next. For the caller
of a function or a command, `access/answers.py` adds the advice. A code is stable, so clients may branch on it.
"""

from typing import ClassVar


class StokerError(Exception):
    """The root of the tree.

    Args:
        message: A sentence for the user.
    """

    code: ClassVar[str] = "internal"

    @property
    def message(self) -> str:
        """The sentence that the error was raised with."""
        return str(self)


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


class RequestRefused(StokerError):
    """A request that can't be met. Nothing was changed."""


class JobNotFound(RequestRefused):
    """A job that does not exist, or that is another user's. The caller can't learn which of the two it is."""

    code = "job-not-found"


class JobExists(RequestRefused):
    """An id that another job has. That job stays as it is. Choose another id."""

    code = "job-exists"


class NotRetryable(RequestRefused):
    """A job that has not ended, or that has nothing to run again."""

    code = "not-retryable"


class NotCancellable(RequestRefused):
    """A job that can't be cancelled, because it has ended."""

    code = "not-cancellable"


class NotDeletable(RequestRefused):
    """A job that has not ended, or whose record is still needed."""

    code = "not-deletable"


class UserNotFound(RequestRefused):
    """An account that does not exist. Check the uid or the e-mail address."""

    code = "user-not-found"


class OwnRole(RequestRefused):
    """A change of the caller's own role. Admins can't remove their own admin role: another admin must do that."""

    code = "own-role"


class ClaimsTooLarge(RequestRefused):
    """A user's role and permissions that do not fit into a token. Give the user fewer permissions."""

    code = "claims-too-large"


class RecentSignInRequired(RequestRefused):
    """A change that can't be undone, by a user whose sign-in is too long ago. Sign in again, and repeat the call."""

    code = "recent-sign-in-required"


class NotRebuildable(RequestRefused):
    """A rebuild of aggregates whose raw events may have expired. Begin on the day that the message names, or later."""

    code = "not-rebuildable"


class RollUpBusy(RequestRefused):
    """A rebuild of aggregates while the roll-up does not release its lease. Try again when there are fewer events."""

    code = "rolling-up"


class CallRefused(StokerError):
    """A client's call that is refused before the function runs, or because of its arguments."""


class NotSignedIn(CallRefused):
    """A call without a valid ID token. Sign in, and call again."""

    code = "unauthenticated"


class AppCheckNeeded(CallRefused):
    """A call without a valid token of Firebase App Check. Call from the app itself."""

    code = "app-check-required"


class NotAllowed(CallRefused):
    """A call whose caller lacks the role or a permission."""

    code = "permission-denied"


class UserIdRefused(CallRefused):
    """An account whose uid no document can have as its id.

    An admin has chosen the uid: Firebase Auth draws no such uid.
    """

    code = "user-id-refused"


class EmailDomainRefused(CallRefused):
    """A sign-up with an e-mail address from a domain that an admin refuses. Use another address."""

    code = "email-domain-refused"


class TooManyCalls(CallRefused):
    """A call of a user who has made too many calls in this minute.

    Args:
        message: A sentence for the user.
        retry_after_seconds: Seconds until the next call may pass.
    """

    code = "too-many-calls"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class InvalidArgument(CallRefused):
    """Arguments that do not have the form that the function takes. The message names the form."""

    code = "invalid-argument"


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


class Interrupted(StokerError):
    """The order that an attempt must stop. Nothing is wrong with the work."""


class JobCancelled(Interrupted):
    """The end of a job, because its owner has cancelled it or because its work is no longer needed."""

    code = "cancelled"


class LeaseLost(Interrupted):
    """The loss of the lease: another attempt has taken the job, or the job has ended or was deleted."""

    code = "lease-lost"


class HandedBack(Interrupted):
    """The stop of the instance by the platform. Another instance takes the job, and this attempt does not count."""

    code = "handed-back"


class TimeIsUp(Interrupted):
    """The end of an attempt's time or turn. The next attempt goes on from the checkpoint; this one does not count."""

    code = "time-is-up"
