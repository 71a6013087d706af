"""A function that the app alone may call, in the processes of the faulty suite.

Its tokens of Firebase App Check are signed by a test: Google signs them for deployed apps alone.
"""

import json
from typing import Any

from firebase_admin.credentials import ApplicationDefault
from firebase_functions.https_fn import CallableRequest, on_call
from google.auth.credentials import AnonymousCredentials
from jwt import PyJWKClient

from faults.folder import APP_CHECK_KEYS, FOLDER
from stoker import config
from stoker.access.guard import guarded
from stoker.access.policies import CALLABLES
from stoker.access.policy import CallPolicy


def _keys(self: PyJWKClient) -> Any:
    return json.loads((FOLDER / APP_CHECK_KEYS).read_text())


def _nobody(self: ApplicationDefault) -> AnonymousCredentials:
    return AnonymousCredentials()


PyJWKClient.fetch_data = _keys  # type: ignore[method-assign] # The keys come from a file of the test.
# App Check wants credentials, though it needs none to verify a token.
ApplicationDefault.get_credential = _nobody

assert isinstance(CALLABLES, dict)
CALLABLES["appsOnly"] = CallPolicy(signed_in=False, roles=(), permissions=(), app_check=True, calls_per_minute=None)


@on_call(region=config.REGION)
@guarded
def appsOnly(request: CallableRequest[Any]) -> str:  # noqa: N802 - as functions that clients call are named
    """Return the id of the calling app."""
    assert request.app is not None
    return request.app.app_id
