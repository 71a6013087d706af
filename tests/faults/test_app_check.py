"""If `appCheck` is true, only the app itself may call. The tokens are real, apart from their signer."""

import json
import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from emulator.calling import call, refusal
from faults.faulty_suite import FaultySuite
from faults.folder import APP_CHECK_KEYS
from stoker import config
from stoker_tools.samples.user import SampleUser

NEEDED = (401, "UNAUTHENTICATED", "app-check-required")


@pytest.fixture(scope="module")
def key(faulty: FaultySuite) -> rsa.RSAPrivateKey:
    """The private key that signs tokens. The functions know its public key."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = {**json.loads(RSAAlgorithm.to_jwk(made.public_key())), "kid": "ours", "use": "sig", "alg": "RS256"}
    (faulty.temporary / APP_CHECK_KEYS).write_text(json.dumps({"keys": [public]}))
    return made


def headers(key: rsa.RSAPrivateKey, **changes: Any) -> dict[str, str]:
    claims = {
        "sub": "1:2:web:3",
        "aud": [f"projects/{config.project()}"],
        "iss": "https://firebaseappcheck.googleapis.com/2",
        "exp": int(time.time()) + 60,
        **changes,
    }
    return {"X-Firebase-AppCheck": jwt.encode(claims, key, "RS256", headers={"kid": "ours"})}


def test_the_app_itself_gets_in(key: rsa.RSAPrivateKey) -> None:
    answer = call("appsOnly", None, None, headers(key))
    assert (answer.status_code, answer.json()) == (200, {"result": "1:2:web:3"})


def test_others_do_not(key: rsa.RSAPrivateKey) -> None:
    user = SampleUser.sign_up()
    forged = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    for sent in (
        None,
        {"X-Firebase-AppCheck": ""},
        {"X-Firebase-AppCheck": "garbage"},
        headers(forged),
        headers(key, exp=int(time.time()) - 60),
        headers(key, aud=["projects/another"]),
        headers(key, iss="https://example.com/2"),
    ):
        for token in (None, user.token):
            assert refusal(call("appsOnly", None, token, sent)) == NEEDED


def test_where_it_is_false_a_bad_token_is_no_hindrance(key: rsa.RSAPrivateKey) -> None:
    user = SampleUser.sign_up()
    refused = refusal(call("retryJob", {"jobId": "none"}, user.token, {"X-Firebase-AppCheck": "garbage"}))
    assert refused == (404, "NOT_FOUND", "job-not-found")
