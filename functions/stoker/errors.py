"""Every error that Stoker raises, as one tree.

StokerError
├── PermanentError            trying again can't help: the job fails now
│   ├── InvalidJob              invalid-job           the document is not a job that can run
│   ├── UnsupportedType         unsupported-type      no worker here does jobs of this type
│   ├── Duplicate               duplicate             a job with the same dedupeKey is not done yet
│   ├── InputForbidden          input-forbidden       the source is not the owner's
│   ├── InputNotFound           input-not-found       there is no such file
│   ├── InputEmpty              input-empty           the file holds nothing
│   ├── InputTooLarge           input-too-large       bytes, pixels, seconds or streams beyond a limit
│   ├── UnsupportedMedia        unsupported-media     not a file of a kind that the job takes, or unreadable
│   ├── TruncatedMedia          truncated-media       the file ends before its own end
│   ├── UnknownLanguage         unknown-language      no voice speaks the language
│   ├── UnknownVoice            unknown-voice         there is no such voice, or it speaks another language
│   ├── NothingToSpeak          nothing-to-speak      the text holds nothing that can be spoken
│   ├── SpeechRefused           speech-refused        the voice does not take what was asked of it
│   ├── AccountLocked           account-locked        the owner's account is locked
│   ├── AccountGone             account-gone          the owner's account was deleted
│   ├── LoudnessUnreachable     loudness-unreachable  the sound can't be so loud without a peak that is too high
│   ├── StorageQuotaExceeded    storage-quota-exceeded  the owner stores more than a user may
│   ├── DeadlineExceeded        deadline-exceeded     the work doesn't fit the time there is
│   ├── AttemptsExhausted       attempts-exhausted    the last attempt was lost without a word
│   └── WorkExhausted           work-exhausted        all attempts together took as long as a job may take
├── RequestRefused            what was asked for can't be done; nothing was changed
│   ├── JobNotFound             job-not-found         there is no such job, or it is not the caller's
│   ├── JobExists               job-exists            the id is another job's
│   ├── NotRetryable            not-retryable         the job is under way, or it is done
│   ├── NotCancellable          not-cancellable       the job has ended
│   ├── NotDeletable            not-deletable         the job is under way, or its record is still needed
│   ├── UserNotFound            user-not-found        there is no such account
│   ├── OwnRole                 own-role              an admin would be none any more by their own doing
│   ├── ClaimsTooLarge          claims-too-large      what the user may do does not fit into a token
│   └── RecentSignInRequired    recent-sign-in-required  the sign-in is too long ago for what can't be undone
├── CallRefused               a client's call that may not pass, or that nobody can make sense of
│   ├── NotSignedIn             unauthenticated       there is no token, or none that counts
│   ├── AppCheckNeeded          app-check-required    the call does not come from the app itself
│   ├── NotAllowed              permission-denied     the caller has not the role or the permissions
│   ├── UserIdRefused           user-id-refused       no document can have the account's uid, which an admin chose
│   ├── EmailDomainRefused      email-domain-refused  an admin wants no sign-ups from the address's domain
│   ├── TooManyCalls            too-many-calls        more than a user has in a minute
│   └── InvalidArgument         invalid-argument      the arguments are not of the form that the function takes
├── TransientError            a later attempt may succeed
│   ├── Unavailable             unavailable           a service that the work needs did not answer
│   ├── EncoderFailed           encoder-failed        ffmpeg stopped for a reason that is not the input's
│   ├── SpeechFailed            speech-failed         the voice stopped for a reason that is not the input's
│   ├── NearlyDone              deadline-exceeded     the time was up, but a quicker attempt may make it
│   └── InternalError           internal              an error that nobody foresaw
└── Interrupted               the attempt must stop; nothing is wrong with the work
    ├── JobCancelled            cancelled             the user asked for it
    ├── LeaseLost               lease-lost            another attempt has taken the job over
    ├── HandedBack              handed-back           the platform takes the instance away; the attempt does not count
    └── TimeIsUp                time-is-up            the next attempt goes on from what was saved, uncounted too

A message is a sentence for the person who wrote the job, and says what to do. A code is stable: clients may
branch on it.
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
    """Trying again can't help."""


class InvalidJob(PermanentError):
    """The document is not a job that can run."""

    code = "invalid-job"


class UnsupportedType(PermanentError):
    """No worker here does jobs of this type."""

    code = "unsupported-type"


class Duplicate(PermanentError):
    """Another job of the owner's with the same `dedupeKey` is not done yet."""

    code = "duplicate"


class InputForbidden(PermanentError):
    """The source lies outside the folders that the job's owner may read."""

    code = "input-forbidden"


class InputNotFound(PermanentError):
    """There is no such file."""

    code = "input-not-found"


class InputEmpty(PermanentError):
    """The file holds nothing."""

    code = "input-empty"


class InputTooLarge(PermanentError):
    """Bytes, pixels, seconds or streams beyond a limit."""

    code = "input-too-large"


class UnsupportedMedia(PermanentError):
    """Not a file of a kind that the job takes, or one that can't be read."""

    code = "unsupported-media"


class TruncatedMedia(PermanentError):
    """The file ends before its own end."""

    code = "truncated-media"


class UnknownLanguage(PermanentError):
    """No voice speaks the language."""

    code = "unknown-language"


class UnknownVoice(PermanentError):
    """There is no such voice, or it speaks another language."""

    code = "unknown-voice"


class NothingToSpeak(PermanentError):
    """The text holds nothing that can be spoken."""

    code = "nothing-to-speak"


class SpeechRefused(PermanentError):
    """The voice does not take what was asked of it."""

    code = "speech-refused"


class AccountLocked(PermanentError):
    """The account of the job's owner is locked."""

    code = "account-locked"


class AccountGone(PermanentError):
    """The account of the job's owner was deleted."""

    code = "account-gone"


class LoudnessUnreachable(PermanentError):
    """The sound can't be so loud without a peak that is too high. Each attempt would measure the same."""

    code = "loudness-unreachable"


class StorageQuotaExceeded(PermanentError):
    """The job's owner stores more than a user may."""

    code = "storage-quota-exceeded"


class DeadlineExceeded(PermanentError):
    """The work doesn't fit the time that there is."""

    code = "deadline-exceeded"


class AttemptsExhausted(PermanentError):
    """The last attempt that the job had was lost without a word."""

    code = "attempts-exhausted"


class WorkExhausted(PermanentError):
    """The attempts at the job together took as long as a job may take."""

    code = "work-exhausted"


class RequestRefused(StokerError):
    """What was asked for can't be done; nothing was changed."""


class JobNotFound(RequestRefused):
    """There is no such job, or it is not the caller's: nobody learns which."""

    code = "job-not-found"


class JobExists(RequestRefused):
    """The id is another job's."""

    code = "job-exists"


class NotRetryable(RequestRefused):
    """The job is still under way, or there is nothing of it to run again."""

    code = "not-retryable"


class NotCancellable(RequestRefused):
    """The job has ended."""

    code = "not-cancellable"


class NotDeletable(RequestRefused):
    """The job is still under way, or its record is still needed."""

    code = "not-deletable"


class UserNotFound(RequestRefused):
    """There is no such account."""

    code = "user-not-found"


class OwnRole(RequestRefused):
    """An admin would be none any more by their own doing."""

    code = "own-role"


class ClaimsTooLarge(RequestRefused):
    """What the user may do does not fit into a token."""

    code = "claims-too-large"


class RecentSignInRequired(RequestRefused):
    """The sign-in is too long ago for what can't be undone."""

    code = "recent-sign-in-required"


class CallRefused(StokerError):
    """A client's call that may not pass, or that nobody can make sense of."""


class NotSignedIn(CallRefused):
    """There is no token, or none that counts."""

    code = "unauthenticated"


class AppCheckNeeded(CallRefused):
    """The call does not come from the app itself, as far as Firebase App Check tells."""

    code = "app-check-required"


class NotAllowed(CallRefused):
    """The caller has not the role or the permissions."""

    code = "permission-denied"


class UserIdRefused(CallRefused):
    """No document can have the account's uid. An admin has chosen it, since Firebase Auth makes no such uids."""

    code = "user-id-refused"


class EmailDomainRefused(CallRefused):
    """An admin wants no sign-ups from the e-mail address's domain."""

    code = "email-domain-refused"


class TooManyCalls(CallRefused):
    """More calls than a user has in a minute.

    Args:
        message: A sentence for the user.
        retry_after_seconds: When the next one passes.
    """

    code = "too-many-calls"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class InvalidArgument(CallRefused):
    """The arguments are not of the form that the function takes."""

    code = "invalid-argument"


class TransientError(StokerError):
    """A later attempt may succeed."""


class Unavailable(TransientError):
    """A service that the work needs did not answer."""

    code = "unavailable"


class EncoderFailed(TransientError):
    """ffmpeg stopped for a reason that is not the input's: out of memory, killed, stalled."""

    code = "encoder-failed"


class SpeechFailed(TransientError):
    """The voice stopped for a reason that is not the input's: killed, stalled, an answer cut short."""

    code = "speech-failed"


class NearlyDone(TransientError):
    """The time was up when the work was nearly done: a quicker instance may make it."""

    code = "deadline-exceeded"


class InternalError(TransientError):
    """An error that nobody foresaw; its stack is in the log, never in the document."""

    code = "internal"


class Interrupted(StokerError):
    """The attempt must stop; nothing is wrong with the work."""


class JobCancelled(Interrupted):
    """The user asked for it."""

    code = "cancelled"


class LeaseLost(Interrupted):
    """Another attempt has taken the job over."""

    code = "lease-lost"


class HandedBack(Interrupted):
    """The platform takes the instance away; the job waits for another, and the attempt does not count."""

    code = "handed-back"


class TimeIsUp(Interrupted):
    """The time was up, and the next attempt goes on from what this one has saved."""

    code = "time-is-up"
