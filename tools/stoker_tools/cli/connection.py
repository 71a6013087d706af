"""Which Firestore the command works on, and what its refusals mean for who runs the command."""

import json
import os
import socket
import warnings

import google.auth
import google.auth.transport.requests
from dotenv import dotenv_values
from firebase_admin import exceptions as admin_exceptions
from google.api_core import exceptions
from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, TransportError

from stoker_tools.emulators import PROJECT
from stoker_tools.emulators.project import configured, preferred_ports
from stoker_tools.setup.environment import ROOT

LOG_IN = (
    "run `gcloud auth application-default login`, or name a service account's key in GOOGLE_APPLICATION_CREDENTIALS"
)


class CommandError(Exception):
    """The command can't be carried out; the message is a sentence that says what to do."""


def connect(emulator: bool, project: str | None) -> str:
    """Points this process's environment to a Firestore. Call it before anything of `stoker` is imported.

    Args:
        emulator: Whether the suite that `scripts/emulators` runs is meant; inside of a suite, it is anyway.
        project: The Firebase project, or an alias of `.firebaserc`.

    Returns:
        The project's id.

    Raises:
        CommandError: Nothing answers there, no project is named, or there are no credentials.
    """
    emulator = emulator or "FIRESTORE_EMULATOR_HOST" in os.environ
    name = _emulator(project) if emulator else _production(project)
    os.environ["GCLOUD_PROJECT"] = name
    # As the Firebase CLI gives them to the functions; what is set already holds.
    for file in (f".env.{name}", ".env"):
        for parameter, value in dotenv_values(ROOT / "functions" / file).items():
            os.environ.setdefault(parameter, value or "")
    return name


def _emulator(project: str | None) -> str:
    if "FIRESTORE_EMULATOR_HOST" in os.environ:
        project = project or os.environ.get("GCLOUD_PROJECT")
    else:
        ports = preferred_ports(configured(ROOT))
        os.environ["FIRESTORE_EMULATOR_HOST"] = f"127.0.0.1:{ports['firestore']}"
        os.environ["CLOUD_TASKS_EMULATOR_HOST"] = f"127.0.0.1:{ports['tasks']}"
        os.environ["FIREBASE_AUTH_EMULATOR_HOST"] = f"127.0.0.1:{ports['auth']}"
        os.environ["STORAGE_EMULATOR_HOST"] = f"http://127.0.0.1:{ports['storage']}"
        os.environ["FIREBASE_CONFIG"] = json.dumps({"storageBucket": f"{project or PROJECT}.appspot.com"})
    address = os.environ["FIRESTORE_EMULATOR_HOST"]
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=5).close()
    except (OSError, ValueError):
        raise CommandError(f"No Firestore emulator answers at {address}: start one with scripts/emulators.") from None
    return project or PROJECT


def _production(project: str | None) -> str:
    try:
        named = json.loads((ROOT / ".firebaserc").read_text()).get("projects", {})
    except FileNotFoundError:
        named = {}
    name = str(named.get(project or "default", project or ""))
    if not name:
        raise CommandError("Which project? Name one with --project, or as the default in .firebaserc.")
    if name.startswith("demo-"):
        raise CommandError(
            f"{name} is there in the emulator only. With scripts/emulators running, add --emulator; for a project in "
            "production, name it with --project, or as the default in .firebaserc."
        )
    warnings.filterwarnings("ignore", message="Your application has authenticated using end user credentials")
    try:
        credentials, _ = google.auth.default(scopes=["https://www.googleapis.com/auth/cloud-platform"])
        credentials.refresh(google.auth.transport.requests.Request())
    except DefaultCredentialsError:
        raise CommandError(f"There are no Google credentials here: {LOG_IN}.") from None
    except GoogleAuthError as error:
        raise explained(error, name) from None
    return name


def explained(
    error: exceptions.GoogleAPIError | GoogleAuthError | admin_exceptions.FirebaseError, project: str
) -> CommandError:
    """Says what a refusal of Google's means here."""
    match error:
        case TransportError():
            said = "Google can't be reached. Check the network, and try again."
        case GoogleAuthError() | exceptions.Unauthenticated():
            said = f"Google does not take your credentials any more: {LOG_IN}."
        case admin_exceptions.PermissionDeniedError() | admin_exceptions.UnauthenticatedError():
            said = (
                f"You may not use Firebase Auth of {project}: ask its owner for the role Firebase Authentication Admin."
            )
        case admin_exceptions.FirebaseError():
            said = f"Firebase Auth refuses: {error}"
        case exceptions.PermissionDenied():
            said = f"You may not use the Firestore of {project}: ask its owner for the role Cloud Datastore User."
        case exceptions.NotFound():
            said = f"The project {project} has no Firestore database, or there is no such project. Check its id."
        case exceptions.FailedPrecondition() if "index" in str(error):
            said = f"{project} lacks an index: run `npx firebase deploy --only firestore:indexes --project {project}`."
        case exceptions.ServiceUnavailable() | exceptions.DeadlineExceeded() | exceptions.RetryError():
            said = "Firestore does not answer. Check the network, and try again."
        case _:
            said = f"Firestore refuses: {error}"
    return CommandError(said)
