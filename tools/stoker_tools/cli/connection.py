"""Connecting a command to a project's Firestore, and explaining Google's refusals to the user of the command."""

import json
import os
import socket
import warnings
from functools import partial

import google.auth
import google.auth.transport.requests
from dotenv import dotenv_values
from firebase_admin import exceptions as admin_exceptions
from google.api_core import exceptions
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, RefreshError, TransportError

from stoker_tools.cli.firebase_login import has_own_credentials, use_firebase_login
from stoker_tools.emulators import PROJECT, sharing
from stoker_tools.emulators.project import configured, usual_ports
from stoker_tools.errors import CommandError
from stoker_tools.install.json_text import load
from stoker_tools.setup import app_root
from stoker_tools.setup.functions_folder import functions_folder

LOGIN_SECONDS = 5.0
"""The longest wait for an access token, in seconds."""

LOG_IN = "run `npx firebase-tools login`, or name a service account's key in GOOGLE_APPLICATION_CREDENTIALS"

HOSTS = {
    "firestore": "FIRESTORE_EMULATOR_HOST",
    "auth": "FIREBASE_AUTH_EMULATOR_HOST",
    "storage": "STORAGE_EMULATOR_HOST",
    "tasks": "CLOUD_TASKS_EMULATOR_HOST",
}
"""The variables that lead Google's libraries to the emulators. Without its variable, a library asks production."""


def connect(emulator: bool, project: str | None) -> str:
    """Point this process's environment to a project. Call it before anything of `stoker` is imported.

    Args:
        emulator: Whether to use the suite that this checkout runs. Inside a suite, that suite is used anyway. A suite
            without one of the emulators of `HOSTS` is refused, because a part of the work would be done in production.
        project: The Firebase project, or an alias of `.firebaserc`.

    Returns:
        The project's id.

    Raises:
        CommandError: Nothing answers there, the suite lacks an emulator, no project is named, or there are no
            credentials.
    """
    name = _emulator(project) if emulator or _is_inside() else _production(project)
    os.environ["GCLOUD_PROJECT"] = name
    # The functions get these files from the Firebase CLI, which puts no variable into a value. A variable that is set
    # already keeps its value.
    for file in (f".env.{name}", ".env"):
        for parameter, value in dotenv_values(functions_folder() / file, interpolate=False).items():
            os.environ.setdefault(parameter, value or "")
    return name


def _is_inside() -> bool:
    return any(os.environ.get(variable) for variable in HOSTS.values())


def _emulator(project: str | None) -> str:
    if _is_inside():
        project = project or os.environ.get("GCLOUD_PROJECT")
    elif variables := sharing.found():
        os.environ.update(variables)
    else:
        _use_usual_ports(project or PROJECT)
    if missing := [f"{name} ({variable})" for name, variable in HOSTS.items() if not os.environ.get(variable)]:
        raise CommandError(
            f"The suite runs without {', '.join(missing)}, so a part of this command would reach production. Start the "
            "suite without --only."
        )
    address = os.environ[HOSTS["firestore"]]
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
    except (OSError, ValueError):
        raise CommandError(f"No Firestore emulator answers at {address}: start one with scripts/emulators.") from None
    return project or PROJECT


def _use_usual_ports(project: str) -> None:
    """Point the environment to a suite that the Firebase CLI runs by itself."""
    ports = usual_ports(configured(app_root.app()))
    for name, variable in HOSTS.items():
        # Of these variables, only that of Cloud Storage holds a URL.
        os.environ[variable] = f"{'http://' if name == 'storage' else ''}127.0.0.1:{ports[name]}"
    os.environ["FIREBASE_CONFIG"] = json.dumps({"storageBucket": f"{project}.appspot.com"})


def _production(project: str | None) -> str:
    try:
        named = load(app_root.app() / ".firebaserc").get("projects", {})
    except FileNotFoundError:
        named = {}
    name = str(named.get(project or "default", project or ""))
    if not name or name.startswith("demo-"):
        reason = f"{name} exists only in the emulator suite." if name else "No project is named."
        running = "which runs now" if sharing.found() else "which scripts/emulators starts"
        raise CommandError(
            f"{reason} For the suite of this checkout, {running}, add --emulator. For a project in production, name it "
            "with --project, or as the default in .firebaserc."
        )
    warnings.filterwarnings("ignore", message="Your application has authenticated using end user credentials")
    if not has_own_credentials():
        use_firebase_login(name)
    try:
        access_token()
    except DefaultCredentialsError:
        raise CommandError(f"No Google credentials were found: {LOG_IN}.") from None
    except RefreshError as error:
        # The Firebase CLI says itself that nobody has logged in.
        raise CommandError(str(error)) if not has_own_credentials() else explained(error, name) from None
    except GoogleAuthError as error:
        raise explained(error, name) from None
    return name


def access_token() -> str:
    """Return an access token of the same credentials that the client libraries use.

    Raises:
        GoogleAuthError: There are no credentials, they are not valid any more, or Google can't be reached.
    """
    credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
    credentials.refresh(partial(google.auth.transport.requests.Request(), timeout=LOGIN_SECONDS))
    return str(credentials.token)


def explained(
    error: exceptions.GoogleAPIError | GoogleAuthError | admin_exceptions.FirebaseError, project: str
) -> CommandError:
    """Return an error that explains a refusal of Google, and says what to do."""
    match error:
        case TransportError():
            text = "Google can't be reached. Check the network, and try again."
        case GoogleAuthError() | exceptions.Unauthenticated():
            text = f"Google does not accept your credentials any more: {LOG_IN}."
        case admin_exceptions.PermissionDeniedError() | admin_exceptions.UnauthenticatedError():
            text = (
                f"You may not use the Firebase Auth of {project}: ask its owner for the role "
                "Firebase Authentication Admin."
            )
        case admin_exceptions.FirebaseError():
            text = f"Firebase Auth has refused the request: {error}"
        case exceptions.PermissionDenied():
            text = f"You may not use the Firestore of {project}: ask its owner for the role Cloud Datastore User."
        case exceptions.NotFound():
            text = f"The project {project} has no Firestore database, or does not exist. Check its id."
        case exceptions.FailedPrecondition() if "index" in str(error):
            text = f"{project} lacks an index: run `npx firebase-tools deploy --only firestore --project {project}`."
        case exceptions.ServiceUnavailable() | exceptions.DeadlineExceeded() | exceptions.RetryError():
            text = "Firestore does not answer. Check the network, and try again."
        case _:
            text = f"Firestore has refused the request: {error}"
    return CommandError(text)
