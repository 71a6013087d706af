"""The tables of error codes in the documentation, from `functions/stoker/errors`."""

from collections.abc import Iterator

from stoker import config, errors
from stoker.access.answers import https_error
from stoker_tools.generate.markdown import table

ErrorKind = type[errors.StokerError]

MORE = {
    "input-too-large": "Limits: [of sources](inputs.md#limits), [of users](fairness.md).",
    "unsupported-media": "Accepted: [films and sounds](inputs.md), [lists for an import](imports.md).",
    "truncated-media": "[When a file is cut off](sources.md#when-a-file-is-cut-off).",
    "storage-quota-exceeded": "[How much a user may store](outputs.md#how-much-may-a-user-store).",
    "deadline-exceeded": f"An attempt has {config.ATTEMPT_SECONDS // 60} minutes.",
    "work-exhausted": f"A job has {config.MAX_WORK_SECONDS // 3600} hours.",
    "cancelled": "The `status` is `cancelled`, not `failed`.",
}
"""Sentences for the documentation that follow the text of an error's class, by the code."""

ONLY_IN_PYTHON: tuple[ErrorKind, ...] = (
    errors.JobExists,
    errors.NotCancellable,
    errors.NotRebuildable,
    errors.RollUpBusy,
    errors.QueryNotDeclared,
    errors.PageTokenRefused,
)
"""Refusals of functions in Python. No function that clients call raises them."""

CALLS_RAISE: tuple[ErrorKind, ...] = (
    errors.Duplicate,
    errors.InvalidJob,
    errors.UnsupportedType,
    errors.Unavailable,
    errors.InternalError,
)
"""Errors of jobs that a call raises too."""


def job_errors() -> str:
    """Return a row for each code that a job can end with."""
    rows: dict[str, list[str]] = {}
    kinds: list[ErrorKind] = [*_tree(errors.PermanentError), *_tree(errors.TransientError), errors.JobCancelled]
    for kind in kinds:
        is_new = kind.code not in rows
        cells = rows.setdefault(kind.code, [f"`{kind.code}`", "", ""])
        again = "yes" if issubclass(kind, errors.TransientError) else "no"
        cells[1] = again if is_new else "only if it was nearly done"
        cells[2] = f"{cells[2]} {_meaning(kind)}".strip()
    for code, sentence in MORE.items():
        rows[code][2] += f" {sentence}"
    return table(("`errorCode`", "tried again", "meaning"), list(rows.values()))


def call_errors() -> str:
    """Return a row for each code that a call can be refused with."""
    kinds: list[ErrorKind] = [*_tree(errors.CallRefused), *_tree(errors.RequestRefused), *CALLS_RAISE]
    found = [kind for kind in kinds if kind not in ONLY_IN_PYTHON]
    return table(
        ("`error.code`", "`details.code`", "meaning"),
        [(f"`{_firebase_code(kind)}`", f"`{kind.code}`", _meaning(kind)) for kind in found],
    )


def _tree(root: ErrorKind) -> Iterator[ErrorKind]:
    """Yield the errors below a branch, in the order in which their module defines them."""
    for kind in root.__subclasses__():
        if kind.__module__.startswith(errors.__name__):  # Tests and apps may have errors of their own.
            yield kind
            yield from _tree(kind)


def _firebase_code(kind: ErrorKind) -> str:
    error = errors.TooManyCalls("", 1) if issubclass(kind, errors.TooManyCalls) else kind("")
    return str(https_error(error).code.value)


def _meaning(kind: ErrorKind) -> str:
    return " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
