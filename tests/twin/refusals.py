"""The refusals of Google's APIs, with the bodies that the Firebase CLI reads.

Source: https://google.aip.dev/193
"""

from typing import Any

Json = dict[str, Any]


class Refused(Exception):
    """A call that Google refuses.

    Attributes:
        code: The status of HTTP.
        body: The answer.
    """

    def __init__(self, code: int, status: str, message: str, *details: Json) -> None:
        super().__init__(message)
        self.code = code
        self.body: Json = {"error": {"code": code, "message": message, "status": status, "details": list(details)}}


def not_found(name: str) -> Refused:
    """Return the refusal of a call for something that does not exist."""
    return Refused(404, "NOT_FOUND", f"Resource '{name}' was not found")


def exists(name: str) -> Refused:
    """Return the refusal to create something twice."""
    return Refused(409, "ALREADY_EXISTS", f"Resource '{name}' already exists")


def invalid(message: str) -> Refused:
    """Return the refusal of a value."""
    return Refused(400, "INVALID_ARGUMENT", message)


def denied(permission: str) -> Refused:
    """Return the refusal of a call for which the caller lacks a permission."""
    return Refused(
        403,
        "PERMISSION_DENIED",
        f"Permission '{permission}' denied on resource (or it may not exist).",
        _info("IAM_PERMISSION_DENIED", permission=permission),
    )


def api_off(api: str, number: str) -> Refused:
    """Return the refusal of a call to an API that is not enabled in the project with this number."""
    address = f"https://console.developers.google.com/apis/api/{api}/overview?project={number}"
    return Refused(
        403,
        "PERMISSION_DENIED",
        f"{api} has not been used in project {number} before or it is disabled. Enable it by visiting {address} then "
        "retry.",
        _info("SERVICE_DISABLED", service=api, consumer=f"projects/{number}"),
    )


def no_billing(api: str, number: str) -> Refused:
    """Return the refusal to enable an API that costs money in a project without a billing account."""
    return Refused(
        400,
        "FAILED_PRECONDITION",
        f"Billing account for project '{number}' is not found. Billing must be enabled for activation of service(s) "
        f"'{api}' to proceed.",
        _info("UREQ_PROJECT_BILLING_NOT_FOUND", services=api),
    )


def _info(reason: str, **metadata: str) -> Json:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
        "metadata": metadata,
    }
