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
│   ├── RollUpBusy              rolling-up              the roll-up did not release its lease
│   ├── QueryNotDeclared        query-not-declared      no declared query has these filters and this order
│   ├── TooManyDocuments        too-many-documents      the query finds more documents than the call may read
│   ├── TooManyGroups           too-many-groups         the documents make more groups than the call may return
│   ├── KeyringDamaged          keyring-damaged         the project's keyring can't be read
│   ├── PositionTooLong         position-too-long       the values by which the query sorts do not fit a page token
│   └── PageTokenRefused        page-token-refused      the page token can't be used
│       ├── PageTokenInvalid        page-token-invalid      the token is damaged, or its key was revoked
│       ├── PageTokenExpired        page-token-expired      the token is too old
│       ├── PageTokenOfAnotherQuery page-token-of-another-query  the token is of other filters or another order
│       └── PageTokenOfAnotherUser  page-token-of-another-user   the token is another user's
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

from stoker.errors.calls_refused import AppCheckNeeded as AppCheckNeeded
from stoker.errors.calls_refused import CallRefused as CallRefused
from stoker.errors.calls_refused import EmailDomainRefused as EmailDomainRefused
from stoker.errors.calls_refused import InvalidArgument as InvalidArgument
from stoker.errors.calls_refused import NotAllowed as NotAllowed
from stoker.errors.calls_refused import NotSignedIn as NotSignedIn
from stoker.errors.calls_refused import TooManyCalls as TooManyCalls
from stoker.errors.calls_refused import UserIdRefused as UserIdRefused
from stoker.errors.interrupted import HandedBack as HandedBack
from stoker.errors.interrupted import Interrupted as Interrupted
from stoker.errors.interrupted import JobCancelled as JobCancelled
from stoker.errors.interrupted import LeaseLost as LeaseLost
from stoker.errors.interrupted import TimeIsUp as TimeIsUp
from stoker.errors.permanent import AccountGone as AccountGone
from stoker.errors.permanent import AccountLocked as AccountLocked
from stoker.errors.permanent import AttemptsExhausted as AttemptsExhausted
from stoker.errors.permanent import DeadlineExceeded as DeadlineExceeded
from stoker.errors.permanent import Duplicate as Duplicate
from stoker.errors.permanent import InputEmpty as InputEmpty
from stoker.errors.permanent import InputForbidden as InputForbidden
from stoker.errors.permanent import InputNotFound as InputNotFound
from stoker.errors.permanent import InputTooLarge as InputTooLarge
from stoker.errors.permanent import InvalidJob as InvalidJob
from stoker.errors.permanent import LoudnessUnreachable as LoudnessUnreachable
from stoker.errors.permanent import NothingToSpeak as NothingToSpeak
from stoker.errors.permanent import PermanentError as PermanentError
from stoker.errors.permanent import SpeechRefused as SpeechRefused
from stoker.errors.permanent import StorageQuotaExceeded as StorageQuotaExceeded
from stoker.errors.permanent import TruncatedMedia as TruncatedMedia
from stoker.errors.permanent import UnknownLanguage as UnknownLanguage
from stoker.errors.permanent import UnknownVoice as UnknownVoice
from stoker.errors.permanent import UnsupportedMedia as UnsupportedMedia
from stoker.errors.permanent import UnsupportedType as UnsupportedType
from stoker.errors.permanent import WorkExhausted as WorkExhausted
from stoker.errors.requests_refused import ClaimsTooLarge as ClaimsTooLarge
from stoker.errors.requests_refused import JobExists as JobExists
from stoker.errors.requests_refused import JobNotFound as JobNotFound
from stoker.errors.requests_refused import KeyringDamaged as KeyringDamaged
from stoker.errors.requests_refused import NotCancellable as NotCancellable
from stoker.errors.requests_refused import NotDeletable as NotDeletable
from stoker.errors.requests_refused import NotRebuildable as NotRebuildable
from stoker.errors.requests_refused import NotRetryable as NotRetryable
from stoker.errors.requests_refused import OwnRole as OwnRole
from stoker.errors.requests_refused import PageTokenExpired as PageTokenExpired
from stoker.errors.requests_refused import PageTokenInvalid as PageTokenInvalid
from stoker.errors.requests_refused import PageTokenOfAnotherQuery as PageTokenOfAnotherQuery
from stoker.errors.requests_refused import PageTokenOfAnotherUser as PageTokenOfAnotherUser
from stoker.errors.requests_refused import PageTokenRefused as PageTokenRefused
from stoker.errors.requests_refused import PositionTooLong as PositionTooLong
from stoker.errors.requests_refused import QueryNotDeclared as QueryNotDeclared
from stoker.errors.requests_refused import RecentSignInRequired as RecentSignInRequired
from stoker.errors.requests_refused import RequestRefused as RequestRefused
from stoker.errors.requests_refused import RollUpBusy as RollUpBusy
from stoker.errors.requests_refused import TooManyDocuments as TooManyDocuments
from stoker.errors.requests_refused import TooManyGroups as TooManyGroups
from stoker.errors.requests_refused import UserNotFound as UserNotFound
from stoker.errors.stoker_error import StokerError as StokerError
from stoker.errors.transient import EncoderFailed as EncoderFailed
from stoker.errors.transient import InternalError as InternalError
from stoker.errors.transient import NearlyDone as NearlyDone
from stoker.errors.transient import SpeechFailed as SpeechFailed
from stoker.errors.transient import TransientError as TransientError
from stoker.errors.transient import Unavailable as Unavailable
