"""The CORS configuration of the bucket: which web pages may read its files by `fetch`."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

METHODS = ("GET", "HEAD")
"""Pages read. Uploads go through Firebase, which allows them for every origin."""

HEADERS = ("Range", "Content-Type", "Content-Length", "Content-Range", "Accept-Ranges")
"""The headers that a page may send, and those that a script may read. A player asks for parts of a file by `Range`."""

MAX_AGE_SECONDS = 3600
"""The time for which a browser keeps the answer to a preflight request, in seconds."""

ORIGIN = re.compile(r"\*|https?://[^/\s*?#]+")
"""An origin: a scheme, a host and perhaps a port. `*` means all."""

Entry = Mapping[str, Any]
"""An entry of the configuration, as Cloud Storage has it."""


def is_origin(text: str) -> bool:
    """Return whether a text is an origin.

    Example:
        >>> is_origin("http://localhost:5173"), is_origin("https://app.example.com/"), is_origin("app.example.com")
        (True, False, False)
    """
    return ORIGIN.fullmatch(text) is not None


def entry(origins: Sequence[str]) -> dict[str, Any]:
    """Return the entry that lets pages read.

    Args:
        origins: The origins of the pages.
    """
    return {
        "origin": list(origins),
        "method": list(METHODS),
        "responseHeader": list(HEADERS),
        "maxAgeSeconds": MAX_AGE_SECONDS,
    }


def merged(present: Iterable[Entry], origins: Sequence[str]) -> list[Entry]:
    """Return the configuration of a bucket with an entry for some origins. Entries of others stay as they are.

    Args:
        present: The configuration now.
        origins: The origins whose pages may read.

    Example:
        >>> [one["origin"] for one in merged([entry(["https://old.example"])], ["https://new.example"])]
        [['https://new.example']]
    """
    return [entry(origins), *(one for one in present if not _is_ours(one))]


def lets_pages_read(present: Iterable[Entry]) -> bool:
    """Return whether pages of any origin may read files."""
    return any({"GET", "*"} & {str(method).upper() for method in one.get("method", ())} for one in present)


def _is_ours(one: Entry) -> bool:
    return set(one.get("method", ())) == set(METHODS) and set(one.get("responseHeader", ())) == set(HEADERS)
