"""The layers of `stoker`: which package may import which, and a drawing of that for the documentation."""

from collections.abc import Mapping

ALLOWED: Mapping[str, set[str]] = {
    "models": set(),
    "firestore": {"models"},
    "storage": {"models"},
    "queries": {"models", "firestore"},
    "access": {"models", "firestore"},
    "jobs": {"models", "firestore", "storage", "queries", "access", "live"},
    "sandbox": {"models"},
    "captions": {"models"},
    "probe": {"models", "storage", "sandbox"},
    "sound": {"models", "sandbox", "probe"},
    "speech": {"models", "storage", "jobs", "sandbox", "captions", "probe", "sound"},
    "video": {"models", "firestore", "storage", "jobs", "sandbox", "captions", "probe", "sound"},
    "batch": {"models", "firestore", "storage", "queries", "access", "jobs"},
    "signing": {"models", "firestore"},
    "pages": {"models", "firestore", "queries", "signing"},
    "live": {"models", "firestore", "queries"},
    "aggregations": {"models", "firestore", "queries"},
    "analytics": {"models", "firestore", "queries"},
    "accounts": {"models", "firestore", "storage", "queries", "access", "jobs", "analytics"},
    "progress": {"models", "firestore", "queries", "access", "analytics", "accounts"},
    "extend": {"models", "firestore", "queries", "access", "progress"},
}
"""The packages of `stoker` that each package may import. The modules of `FOUNDATION` stand below all packages, except
that `models` imports only `registry` of them, which names the types of jobs."""

FOUNDATION = {
    *("app_settings", "parameters"),
    *(
        "config",
        "errors",
        "features",
        "firebase",
        "host",
        "languages",
        "logs",
        "own_documents",
        "registry",
        "shutdown",
        "task_functions",
        "version",
    ),
}
"""The modules of `stoker` that every package but `models` may import."""


def drawing(allowed: Mapping[str, set[str]] = ALLOWED) -> str:
    """Return a Mermaid diagram of the packages, with an arrow to each package that is imported.

    An arrow that follows from two other arrows is left out.

    Args:
        allowed: The packages that each package may import.

    Example:
        >>> print(drawing({"models": set(), "firestore": {"models"}, "jobs": {"firestore", "models"}}))
        ```mermaid
        flowchart TD
            firestore --> models
            jobs --> firestore
        ```
    """
    lines = ["```mermaid", "flowchart TD"]
    for package, imported in allowed.items():
        indirect = set[str]().union(*(_reached(allowed, name) for name in imported))
        lines += [f"    {package} --> {name}" for name in allowed if name in imported - indirect]
    return "\n".join([*lines, "```"])


def _reached(allowed: Mapping[str, set[str]], package: str) -> set[str]:
    """Return all packages that arrows lead to from a package."""
    return allowed[package].union(*(_reached(allowed, name) for name in allowed[package]))
