"""The errors of a request that can't be met."""

from stoker.errors.stoker_error import StokerError


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


class QueryNotDeclared(RequestRefused):
    """A query that is not declared, so it may have no index.

    Declare it with `stoker.query`, and generate the indexes.
    """

    code = "query-not-declared"


class TooManyDocuments(RequestRefused):
    """Figures of more documents than a call may read. Narrow the filters, or allow more documents."""

    code = "too-many-documents"


class TooManyGroups(RequestRefused):
    """Figures with more groups than a call may return. Narrow the filters, choose wider groups, or allow more."""

    code = "too-many-groups"


class KeyringDamaged(RequestRefused):
    """A keyring of the project that can't be read, because somebody has changed its document.

    Restore the document, or delete it.
    """

    code = "keyring-damaged"


class PositionTooLong(RequestRefused):
    """A page without a token for the next page, because the values at its end are too long. Sort by a shorter field."""

    code = "position-too-long"


class PageTokenRefused(RequestRefused):
    """A page token that can't be used. Begin again with the first page."""

    code = "page-token-refused"


class PageTokenInvalid(PageTokenRefused):
    """A page token that is damaged, or whose key was revoked. Begin again with the first page."""

    code = "page-token-invalid"


class PageTokenExpired(PageTokenRefused):
    """A page token that is too old. Begin again with the first page."""

    code = "page-token-expired"


class PageTokenOfAnotherQuery(PageTokenRefused):
    """A page token of another query, or of other filters or another order. Begin again with the first page."""

    code = "page-token-of-another-query"


class PageTokenOfAnotherUser(PageTokenRefused):
    """A page token of another user. Begin again with the first page."""

    code = "page-token-of-another-user"
