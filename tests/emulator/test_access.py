"""The rights to call functions, over HTTP with real tokens."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from firebase_functions.https_fn import AppCheckData, AuthData, CallableRequest, HttpsError
from google.api_core import exceptions

from emulator.calling import altered, call, refusal, token_with
from emulator.meter import Meter
from stoker import config
from stoker.access import rate
from stoker.access.guard import check, guarded
from stoker.access.policies import CALLABLES
from stoker.access.policy import CallPolicy
from stoker.errors import AppCheckNeeded, NotAllowed, NotSignedIn, TooManyCalls
from stoker.firestore.client import client
from stoker.registry import RegistrationError
from stoker_tools.costs.operations import Operations
from stoker_tools.samples.user import SampleUser

ANYONE = CallPolicy(signed_in=False, roles=(), permissions=(), app_check=False, calls_per_minute=None)
USERS = CallPolicy(signed_in=True, roles=("user",), permissions=(), app_check=False, calls_per_minute=5)

NO_JOB = (404, "NOT_FOUND", "job-not-found")
"""The answer to an allowed call about a job that does not exist."""


@pytest.fixture
def user() -> SampleUser:
    """A user of the test's own, who has made no calls yet."""
    return SampleUser.sign_up()


# Over HTTP


def test_without_a_token_nobody_gets_in() -> None:
    for function in CALLABLES:
        assert refusal(call(function, {}, None)) == (401, "UNAUTHENTICATED", "unauthenticated")


@pytest.mark.parametrize("function", CALLABLES)
def test_garbage_is_no_token(function: str) -> None:
    # Firebase's own library answers here, before any code of ours.
    for garbage in ("garbage", "a.b.c", "e30.e30."):
        assert refusal(call(function, {}, garbage))[:2] == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 1},
        {"exp": None},
        {"exp": "never"},
        {"firebase": {"tenant": "other", "sign_in_provider": "password"}},
    ],
    ids=["expired", "never expires", "no time", "another tenant's"],
)
def test_a_token_that_does_not_count_is_none(user: SampleUser, changes: dict[str, Any]) -> None:
    token = altered(token_with(user, {"role": "admin"}), **changes)
    for function in CALLABLES:
        assert refusal(call(function, {"jobId": "none"}, token)) == (401, "UNAUTHENTICATED", "unauthenticated")
    # Nothing else is wrong with it.
    assert (
        refusal(call("retryJob", {"jobId": "none"}, altered(token, exp=int(time.time()) + 60, firebase={}))) == NO_JOB
    )


@pytest.mark.parametrize("role", [None, "user", "moderator", "admin", "ghost", ["admin"], {"admin": True}])
def test_a_role_opens_what_it_may(user: SampleUser, role: object) -> None:
    token = altered(user.token, role=role)
    assert refusal(call("retryJob", {"jobId": "none"}, token)) == NO_JOB
    refused = refusal(call("setRole", {}, token))
    allowed = role == "admin"
    assert refused == (
        (400, "INVALID_ARGUMENT", "invalid-argument") if allowed else (403, "PERMISSION_DENIED", "permission-denied")
    )


def test_too_many_calls_are_refused_and_only_the_callers_own(user: SampleUser) -> None:
    most = CALLABLES["retryJob"].calls_per_minute
    assert most is not None
    # Whenever a minute ends in between: of so many, one minute has more than it may.
    call("retryJob", {"jobId": "none"}, user.token)  # a worker is there, and few start at the same moment
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: call("retryJob", {"jobId": "none"}, user.token), range(2 * most + 1)))
    refusals = [refusal(answer) for answer in answers]
    over = (429, "RESOURCE_EXHAUSTED", "too-many-calls")
    assert set(refusals) == {NO_JOB, over}
    assert most - 1 <= refusals.count(NO_JOB) <= 2 * most
    [details] = [answer.json()["error"]["details"] for answer in answers if refusal(answer) == over][:1]
    assert 1 <= details["retryAfterSeconds"] <= 60
    assert refusal(call("retryJob", {"jobId": "none"}, SampleUser.sign_up().token)) == NO_JOB


def test_a_call_of_another_form_is_refused_as_such(user: SampleUser) -> None:
    answer = call("retryJob", {"jobId": 5}, user.token)
    assert refusal(answer) == (400, "INVALID_ARGUMENT", "invalid-argument")


# Within this process


def request(user_id: str = "ada", app: AppCheckData | None = None, **claims: Any) -> CallableRequest[Any]:
    token = {"exp": time.time() + 60, **claims}
    return CallableRequest(data={}, raw_request=None, auth=AuthData(user_id, token), app=app)  # type: ignore[arg-type] # The request is not read.


NOBODY: CallableRequest[Any] = CallableRequest(data={}, raw_request=None)  # type: ignore[arg-type] # As above.


def test_what_anyone_may_call_needs_no_token() -> None:
    check("open", ANYONE, NOBODY)
    with pytest.raises(NotSignedIn):
        check("closed", USERS, NOBODY)


def test_all_permissions_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "count_call", lambda *_: None)
    two = CallPolicy(True, ("user",), ("read:all-tasks", "read:all-jobs"), False, 5)
    for permissions in (None, "read:all-tasks", ["read:all-tasks"], [], {"read:all-tasks": 1}, [["read:all-jobs"]]):
        with pytest.raises(NotAllowed):
            check("reports", two, request(permissions=permissions))
    check("reports", two, request(permissions=["read:all-jobs", "other", "read:all-tasks"]))


def test_app_check_is_asked_for_first() -> None:
    apps_only = CallPolicy(False, (), (), True, None)
    with pytest.raises(AppCheckNeeded):
        check("apps", apps_only, NOBODY)
    with pytest.raises(AppCheckNeeded):
        check("apps", apps_only, request(role="admin"))
    check("apps", apps_only, request(app=AppCheckData("1:2:web:3", {})))


def test_a_function_without_an_entry_can_not_be_defined() -> None:
    with pytest.raises(RegistrationError, match=r"The function forgotten has no rights. Name the callers: @guarded"):

        @guarded
        def forgotten(_: CallableRequest[Any]) -> None: ...


def within_a_minute() -> float:
    """The time, for calls that must all fall into one minute."""
    return 1_795_000_020.0


def test_a_call_costs_a_write_and_one_too_many_costs_nothing_more(user: SampleUser, meter: Meter) -> None:
    for _ in range(5):
        rate.count_call(user.id, "anything", 5, within_a_minute)
    assert meter.counted == Operations(writes=5)
    for _ in range(10):
        with pytest.raises(TooManyCalls, match="5 times a minute") as refused:
            rate.count_call(user.id, "anything", 5, within_a_minute)
    assert 0 < refused.value.retry_after_seconds <= 60
    assert meter.counted == Operations(writes=6)  # this process remembers; another one has to ask once
    rate.count_call(user.id, "another", 5, within_a_minute)
    rate.count_call("bob" + user.id, "anything", 5, within_a_minute)
    assert meter.counted == Operations(writes=8)


def test_a_new_minute_begins_anew(user: SampleUser) -> None:
    times = iter([6000.0, 6001.0, 6060.0, 6061.0, 6120.0, 6179.0])
    for _ in range(3):
        rate.count_call(user.id, "anything", 1, lambda: next(times))
        with pytest.raises(TooManyCalls):
            rate.count_call(user.id, "anything", 1, lambda: next(times))


def test_instances_count_together(user: SampleUser) -> None:
    def counts(_: int) -> bool:
        try:
            rate.count_call(
                user.id, "anything", 7, within_a_minute, rate.Refusals()
            )  # each call meets another instance
        except TooManyCalls:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(counts, range(20))) == 7


def test_a_count_does_not_name_the_caller_and_expires(user: SampleUser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "CALL_COUNTS", f"counts-{user.id}")
    rate.count_call(user.id, "anything", 1)
    [found] = client().collection(config.CALL_COUNTS).stream()
    assert (found.to_dict() or {}).keys() == {"calls", "expiresAt"}
    assert 0 < found.get("expiresAt").timestamp() - time.time() < 600
    assert user.id not in found.reference.path.removeprefix(config.CALL_COUNTS)


@pytest.mark.parametrize(
    ("error", "code", "ours"),
    [
        (exceptions.ServiceUnavailable("not now"), "unavailable", "unavailable"),
        (ZeroDivisionError("secret"), "internal", "internal"),
    ],
)
def test_an_error_inside_a_function_is_logged_and_not_returned(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: str, ours: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(dict_of_policies(), "failing", ANYONE)

    @guarded
    def failing(_: CallableRequest[Any]) -> None:
        raise error

    with pytest.raises(HttpsError) as refused:
        failing(NOBODY)
    assert (str(refused.value.code.value), refused.value.details) == (code, {"code": ours})
    assert str(error) not in refused.value.message
    assert type(error).__name__ in "".join(capsys.readouterr())  # but the log has it


def test_where_calls_can_not_be_counted_nobody_gets_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: object) -> None:
        raise exceptions.DeadlineExceeded("later")

    monkeypatch.setitem(dict_of_policies(), "counted", USERS)
    monkeypatch.setattr(rate, "count_call", silent)

    @guarded
    def counted(_: CallableRequest[Any]) -> None:
        pytest.fail("It was let in.")

    with pytest.raises(HttpsError) as refused:
        counted(request())
    assert refused.value.details == {"code": "unavailable"}


def dict_of_policies() -> dict[str, CallPolicy]:
    assert isinstance(CALLABLES, dict)
    return CALLABLES
