"""The login of the Firebase CLI, as credentials for Google's libraries. So one login is enough for all commands."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import google.auth
from google.auth._cloud_sdk import get_application_default_credentials_path
from google.auth.credentials import CredentialsWithQuotaProject
from google.auth.exceptions import RefreshError

from stoker_tools.deploy.google import access_token
from stoker_tools.errors import CommandError
from stoker_tools.setup import environment

VALID = timedelta(minutes=15)
"""The time for which a token is used. The CLI gives out no token that expires earlier. Source: firebase-tools 15.34.2
(`FIFTEEN_MINUTES_IN_MS` in lib/auth.js)."""


class FirebaseLogin(CredentialsWithQuotaProject):
    """Credentials of the account that the Firebase CLI uses.

    Args:
        quota_project: The project whose quota the calls use. Without it, Google takes the project of the CLI itself.
    """

    def __init__(self, quota_project: str | None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._quota_project_id = quota_project

    def refresh(self, request: object) -> None:
        """Get a new token from the CLI.

        Args:
            request: It is not needed, because the CLI makes the call.

        Raises:
            RefreshError: Nobody has logged in, or the login has expired.
        """
        try:
            self.token = access_token()
        except CommandError as error:
            raise RefreshError(str(error)) from None
        self.expiry = (datetime.now(UTC) + VALID).replace(tzinfo=None)  # google-auth compares times without a zone.

    def with_quota_project(self, quota_project_id: str) -> "FirebaseLogin":
        """Return the same credentials for another project."""
        return FirebaseLogin(quota_project_id)


def has_own_credentials() -> bool:
    """Return whether this machine has credentials of the Google Cloud SDK, or names the key of a service account."""
    named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS")
    return bool(named) or Path(get_application_default_credentials_path()).exists()


def use_firebase_login(project: str) -> None:
    """Let Google's libraries use the login of the Firebase CLI in this process.

    They look for credentials by `google.auth.default`, and know no other place for credentials that a program renews.

    Args:
        project: The project whose quota the calls use.
    """
    environment.prepare((".venv", "node_modules"))
    login = FirebaseLogin(project)
    google.auth.default = lambda *_, **__: (login, project)
