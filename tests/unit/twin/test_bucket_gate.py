"""The bucket of the gate: the limits of Cloud Storage that its emulator lacks, met by the real client library."""

import pytest
import requests
from google.api_core import exceptions

from stoker.storage.client import bucket
from twin.gate.bucket_gate import MOST_COMPOSED, Bucket
from twin.gate.functions_account import TOKEN, FunctionsAccount
from twin.gate.stored_object import HOST

APP = "https://app.example.com"
CORS = [{"origin": [APP], "method": ["GET"], "responseHeader": ["Content-Range"], "maxAgeSeconds": 60}]


@pytest.mark.parametrize(("parts", "joined"), [(MOST_COMPOSED, True), (MOST_COMPOSED + 1, False)])
def test_no_more_than_32_objects_are_joined(parts: int, joined: bool, stored: Bucket) -> None:
    names = [stored.put(f"part-{number:02}", b"x").name for number in range(parts)]
    whole = bucket().blob("whole")
    if joined:
        whole.compose([bucket().blob(name) for name in names])
        assert stored.objects["whole"].content == b"x" * parts
    else:
        with pytest.raises(exceptions.BadRequest, match="exceeds the maximum"):
            whole.compose([bucket().blob(name) for name in names])
        assert "whole" not in stored.objects


def test_a_range_behind_the_end_is_refused(stored: Bucket) -> None:
    stored.put("film", b"0123456789")
    film = bucket().blob("film")
    assert film.download_as_bytes(start=8, end=99, raw_download=True) == b"89"
    with pytest.raises(exceptions.RequestRangeNotSatisfiable):
        film.download_as_bytes(start=10, end=19, raw_download=True)


def test_an_object_that_was_replaced_is_not_found_by_its_old_generation(stored: Bucket) -> None:
    stored.put("film", b"old")
    film = bucket().get_blob("film")
    stored.put("film", b"new")
    with pytest.raises(exceptions.NotFound):
        film.download_as_bytes(raw_download=True)


def test_replacing_an_object_needs_the_right_to_delete_it(stored: Bucket, account: FunctionsAccount) -> None:
    for _ in range(2):
        bucket().blob("film").upload_from_string(b"a film")
    asked = [check.permission for check in account.checks]
    assert asked == ["storage.objects.create", "storage.objects.create", "storage.objects.delete"]


def test_without_a_role_nobody_learns_whether_an_object_exists(stored: Bucket, account: FunctionsAccount) -> None:
    account.roles.clear()
    with pytest.raises(exceptions.Forbidden, match=r"storage\.objects\.get"):
        bucket().get_blob("film")


def test_a_call_that_stoker_does_not_make_is_refused(stored: Bucket, account: FunctionsAccount) -> None:
    with pytest.raises(exceptions.MethodNotImplemented):
        bucket().reload()
    assert len(account.unknown) == 1


def test_a_call_without_the_accounts_token_is_refused(stored: Bucket) -> None:
    answer = requests.get(f"https://{HOST}/storage/v1/b/{stored.name}/o", timeout=30)
    assert answer.status_code == 401


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize(
    ("cors", "origin", "allowed"),
    [([], APP, None), (CORS, APP, APP), (CORS, "https://other.example.com", None)],
    ids=["no CORS", "the app", "another page"],
)
def test_a_page_may_read_the_bucket_only_if_its_cors_allows_that(
    method: str, cors: list[dict[str, object]], origin: str, allowed: str | None, stored: Bucket
) -> None:
    stored.cors = list(cors)
    headers = {"Origin": origin, "Access-Control-Request-Method": "GET", "Authorization": f"Bearer {TOKEN}"}
    answer = requests.request(method, f"https://{HOST}/storage/v1/b/{stored.name}/o", headers=headers, timeout=30)
    assert answer.headers.get("Access-Control-Allow-Origin") == allowed
