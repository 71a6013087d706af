"""The metadata server of an instance: it gives the functions the address and the token of their account.

Source: https://cloud.google.com/run/docs/container-contract#metadata-server
"""

from twin.gate.functions_account import TOKEN, FunctionsAccount
from twin.gate.http_calls import Answer, Call, answered

HOSTS = ("metadata.google.internal", "169.254.169.254")

ROOT = "/computeMetadata/v1"
ACCOUNT = f"{ROOT}/instance/service-accounts/default"

FLAVOR = {"Metadata-Flavor": "Google"}


class MetadataServer:
    """The server.

    Args:
        project: The project's id.
        account: The account of the functions.
    """

    def __init__(self, project: str, account: FunctionsAccount) -> None:
        self._project, self._account = project, account

    def __call__(self, call: Call) -> Answer | None:
        """Answer a call."""
        match call.method, call.path.rstrip("/"):
            case "GET", "":
                return Answer(200, b"computeMetadata/", FLAVOR)
            case "GET", path if path == f"{ROOT}/project/project-id":
                return Answer(200, self._project.encode(), {**FLAVOR, "Content-Type": "application/text"})
            case "GET", path if path == f"{ROOT}/universe/universe-domain":
                return Answer(200, b"googleapis.com", {**FLAVOR, "Content-Type": "application/text"})
            case "GET", path if path == ACCOUNT:
                return answered({"email": self._account.email, "scopes": [], "aliases": ["default"]}, headers=FLAVOR)
            case _, path if path == f"{ACCOUNT}/token":
                token = {"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}
                return answered(token, headers=FLAVOR)
        return None
