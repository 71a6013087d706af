"""The CORS of a bucket: the headers by which a browser lets a page read the bucket.

Source: https://cloud.google.com/storage/docs/cross-origin
"""

from collections.abc import Mapping, Sequence
from typing import Any

Rule = Mapping[str, Any]
"""An entry of the bucket's `cors`: `origin`, `method`, `responseHeader` and `maxAgeSeconds`."""


def cors_headers(rules: Sequence[Rule], method: str, headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that Cloud Storage adds to an answer; none if the bucket does not allow the origin.

    Args:
        rules: The bucket's `cors`.
        method: The method of the call; `OPTIONS` for a preflight.
        headers: The headers of the call, by their names in lower case.

    Example:
        >>> cors_headers([{"origin": ["https://app"], "method": ["GET"]}], "GET", {"origin": "https://app"})
        {'Access-Control-Allow-Origin': 'https://app', 'Vary': 'Origin'}
        >>> cors_headers([], "GET", {"origin": "https://app"})
        {}
    """
    origin = headers.get("origin")
    asked = headers.get("access-control-request-method", "") if method == "OPTIONS" else method
    rule = next((rule for rule in rules if origin and _allows(rule, origin, asked)), None)
    if rule is None or origin is None:
        return {}
    allowed = ", ".join(rule.get("responseHeader", ()))
    found = {"Access-Control-Allow-Origin": "*" if "*" in rule["origin"] else origin, "Vary": "Origin"}
    if method == "OPTIONS":
        found["Access-Control-Allow-Methods"] = ", ".join(rule["method"])
        found["Access-Control-Max-Age"] = str(rule.get("maxAgeSeconds", 3600))
        if allowed:
            found["Access-Control-Allow-Headers"] = allowed
    elif allowed:
        found["Access-Control-Expose-Headers"] = allowed
    return found


def _allows(rule: Rule, origin: str, method: str) -> bool:
    return bool({"*", origin} & set(rule["origin"])) and method in rule["method"]
