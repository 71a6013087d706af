"""Stoker: background jobs for a Firebase app, with the documents, queries and rules that they need.

`__all__` names everything that other code may import from here. All other names may change with every release.

Each name is imported when it is first used, so that `import stoker` itself costs nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stoker.access.guard import guarded
    from stoker.aggregations.aggregations import Aggregations
    from stoker.aggregations.figures import Bucket, Cost, Figures, Group, Percentiles, Streamed
    from stoker.analytics.record import record_event
    from stoker.analytics.series import active_users, series, top
    from stoker.errors import (
        AccountGone,
        AccountLocked,
        AppCheckNeeded,
        AttemptsExhausted,
        CallRefused,
        ClaimsTooLarge,
        DeadlineExceeded,
        Duplicate,
        EmailDomainRefused,
        EncoderFailed,
        HandedBack,
        InputEmpty,
        InputForbidden,
        InputNotFound,
        InputTooLarge,
        InternalError,
        Interrupted,
        InvalidArgument,
        InvalidJob,
        JobCancelled,
        JobExists,
        JobNotFound,
        KeyringDamaged,
        LeaseLost,
        LoudnessUnreachable,
        NearlyDone,
        NotAllowed,
        NotCancellable,
        NotDeletable,
        NothingToSpeak,
        NotRebuildable,
        NotRetryable,
        NotSignedIn,
        OwnRole,
        PageTokenExpired,
        PageTokenInvalid,
        PageTokenOfAnotherQuery,
        PageTokenOfAnotherUser,
        PageTokenRefused,
        PermanentError,
        PositionTooLong,
        QueryNotDeclared,
        RecentSignInRequired,
        RequestRefused,
        RollUpBusy,
        SpeechFailed,
        SpeechRefused,
        StokerError,
        StorageQuotaExceeded,
        TimeIsUp,
        TooManyCalls,
        TooManyDocuments,
        TooManyGroups,
        TransientError,
        TruncatedMedia,
        Unavailable,
        UnknownLanguage,
        UnknownVoice,
        UnsupportedMedia,
        UnsupportedType,
        UserIdRefused,
        UserNotFound,
        WorkExhausted,
    )
    from stoker.extend.achievement import achievement
    from stoker.extend.alternative import alternative
    from stoker.extend.app_query import query
    from stoker.extend.document import document
    from stoker.extend.job_type import job
    from stoker.jobs.commands import cancel_job, create_processing_job, retry_job
    from stoker.jobs.context import JobContext
    from stoker.jobs.monitor import JobMonitor, monitor_job
    from stoker.live.realtime_sync import RealtimeSync
    from stoker.live.update import SyncUpdate
    from stoker.models.document import MakesNoFiles, Model
    from stoker.models.job import JobOutput, OutputFile
    from stoker.models.owned_document import OwnedDocument, SharedDocument
    from stoker.models.video import SourcePath
    from stoker.models.warnings import OutputWarning
    from stoker.models.writers import CLIENT, CLIENT_ONCE
    from stoker.pages.async_pages import AsyncPaginatedQuery
    from stoker.pages.page import Page
    from stoker.pages.paginated_query import PaginatedQuery
    from stoker.queries.asking import any_of
    from stoker.registry import RegistrationError
    from stoker.sandbox.confined import run_confined
else:

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used. Python calls this for a missing name (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        found = getattr(import_module(_MODULES.get(name, "stoker.errors")), name)
        globals()[name] = found
        return found

    def __dir__() -> list[str]:
        """Return all names, including public names that were not used yet."""
        return sorted({*globals(), *__all__})


__all__ = [
    "CLIENT",
    "CLIENT_ONCE",
    "AccountGone",
    "AccountLocked",
    "Aggregations",
    "AppCheckNeeded",
    "AsyncPaginatedQuery",
    "AttemptsExhausted",
    "Bucket",
    "CallRefused",
    "ClaimsTooLarge",
    "Cost",
    "DeadlineExceeded",
    "Duplicate",
    "EmailDomainRefused",
    "EncoderFailed",
    "Figures",
    "Group",
    "HandedBack",
    "InputEmpty",
    "InputForbidden",
    "InputNotFound",
    "InputTooLarge",
    "InternalError",
    "Interrupted",
    "InvalidArgument",
    "InvalidJob",
    "JobCancelled",
    "JobContext",
    "JobExists",
    "JobMonitor",
    "JobNotFound",
    "JobOutput",
    "KeyringDamaged",
    "LeaseLost",
    "LoudnessUnreachable",
    "MakesNoFiles",
    "Model",
    "NearlyDone",
    "NotAllowed",
    "NotCancellable",
    "NotDeletable",
    "NotRebuildable",
    "NotRetryable",
    "NotSignedIn",
    "NothingToSpeak",
    "OutputFile",
    "OutputWarning",
    "OwnRole",
    "OwnedDocument",
    "Page",
    "PageTokenExpired",
    "PageTokenInvalid",
    "PageTokenOfAnotherQuery",
    "PageTokenOfAnotherUser",
    "PageTokenRefused",
    "PaginatedQuery",
    "Percentiles",
    "PermanentError",
    "PositionTooLong",
    "QueryNotDeclared",
    "RealtimeSync",
    "RecentSignInRequired",
    "RegistrationError",
    "RequestRefused",
    "RollUpBusy",
    "SharedDocument",
    "SourcePath",
    "SpeechFailed",
    "SpeechRefused",
    "StokerError",
    "StorageQuotaExceeded",
    "Streamed",
    "SyncUpdate",
    "TimeIsUp",
    "TooManyCalls",
    "TooManyDocuments",
    "TooManyGroups",
    "TransientError",
    "TruncatedMedia",
    "Unavailable",
    "UnknownLanguage",
    "UnknownVoice",
    "UnsupportedMedia",
    "UnsupportedType",
    "UserIdRefused",
    "UserNotFound",
    "WorkExhausted",
    "achievement",
    "active_users",
    "alternative",
    "any_of",
    "cancel_job",
    "create_processing_job",
    "document",
    "guarded",
    "job",
    "monitor_job",
    "query",
    "record_event",
    "retry_job",
    "run_confined",
    "series",
    "top",
]

_MODULES = {
    "AsyncPaginatedQuery": "stoker.pages.async_pages",
    "Page": "stoker.pages.page",
    "PaginatedQuery": "stoker.pages.paginated_query",
    "Aggregations": "stoker.aggregations.aggregations",
    "Bucket": "stoker.aggregations.figures",
    "Cost": "stoker.aggregations.figures",
    "Figures": "stoker.aggregations.figures",
    "Group": "stoker.aggregations.figures",
    "Percentiles": "stoker.aggregations.figures",
    "Streamed": "stoker.aggregations.figures",
    "CLIENT": "stoker.models.writers",
    "CLIENT_ONCE": "stoker.models.writers",
    "JobContext": "stoker.jobs.context",
    "JobMonitor": "stoker.jobs.monitor",
    "JobOutput": "stoker.models.job",
    "MakesNoFiles": "stoker.models.document",
    "Model": "stoker.models.document",
    "OutputFile": "stoker.models.job",
    "OwnedDocument": "stoker.models.owned_document",
    "OutputWarning": "stoker.models.warnings",
    "RealtimeSync": "stoker.live.realtime_sync",
    "RegistrationError": "stoker.registry",
    "SharedDocument": "stoker.models.owned_document",
    "achievement": "stoker.extend.achievement",
    "SourcePath": "stoker.models.video",
    "SyncUpdate": "stoker.live.update",
    "active_users": "stoker.analytics.series",
    "alternative": "stoker.extend.alternative",
    "any_of": "stoker.queries.asking",
    "cancel_job": "stoker.jobs.commands",
    "create_processing_job": "stoker.jobs.commands",
    "document": "stoker.extend.document",
    "guarded": "stoker.access.guard",
    "job": "stoker.extend.job_type",
    "monitor_job": "stoker.jobs.monitor",
    "query": "stoker.extend.app_query",
    "record_event": "stoker.analytics.record",
    "retry_job": "stoker.jobs.commands",
    "run_confined": "stoker.sandbox.confined",
    "series": "stoker.analytics.series",
    "top": "stoker.analytics.series",
}
"""The module of each public name. All other public names are errors, in `stoker.errors`."""
