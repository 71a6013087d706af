"""A listener's connections are judged by the time of the last message."""

import pytest

from stoker.live import patience
from stoker.live.patience import Patience, patience_of_a_monitor, patience_of_a_sync
from stoker.live.supervision import PERMANENT, Supervision

UNAVAILABLE, EXHAUSTED = 14, 8


def supervised() -> Supervision:
    return Supervision(Patience(stale=45, silence=120), lambda low, high: high)


def live() -> Supervision:
    """One that was live at 10 s."""
    one = supervised()
    one.begin(0)
    one.hear(10)
    one.catch_up(10)
    return one


def test_it_is_connecting_until_the_first_state_however_long_that_takes() -> None:
    one = supervised()
    one.begin(0)
    for now in range(0, 600, 10):
        one.hear(now)
        assert one.state(now) == "connecting"
        assert not one.is_silent(now)


def test_silence_makes_it_stale_and_then_a_new_connection_begins() -> None:
    one = live()
    assert one.state(54) == "live"
    assert one.seconds(54) == 1
    assert one.state(55) == "stale"
    assert one.seconds(55) == 75
    assert not one.is_silent(129)
    assert one.is_silent(130)
    one.begin(130)
    assert one.state(131) == "stale"
    one.hear(132)
    assert one.state(132) == "stale"  # The messages of the new connection are not complete yet.
    one.catch_up(133)
    assert one.state(133) == "live"


def test_a_message_of_a_quiet_query_keeps_it_live() -> None:
    one = live()
    for now in range(10, 600, 30):
        one.hear(now)
        one.catch_up(now)
        assert one.state(now + 29) == "live"


def test_messages_that_wait_behind_a_slow_callback_do_not_keep_it_live() -> None:
    one = live()
    for now in range(10, 600, 30):
        one.hear(now)
    assert one.state(54) == "live"
    assert one.state(55) == "stale"
    assert one.state(599) == "stale"
    one.catch_up(580)
    assert one.state(599) == "live"


def test_the_end_of_a_slow_callback_is_no_message_of_the_connection() -> None:
    one = supervised()
    one.begin(0)
    one.hear(1)
    one.catch_up(1)  # It is 300 s now.
    assert one.state(300) == "stale"
    assert one.is_silent(300)


def test_a_new_connection_in_good_time_is_not_noticed() -> None:
    one = live()
    one.begin(40)
    assert one.state(41) == "live"
    assert one.state(55) == "stale"


def test_a_broken_connection_makes_it_stale_at_once() -> None:
    one = live()
    assert one.fail(20, UNAVAILABLE)
    assert one.state(20) == "stale"
    assert not one.is_silent(500)
    assert not one.is_due(20)
    assert one.is_due(20.1)


def test_pauses_double_up_to_30_seconds_and_begin_anew_after_a_good_connection() -> None:
    one = supervised()
    now, pauses = 0.0, []
    for _ in range(11):
        one.begin(now)
        one.fail(now, UNAVAILABLE)
        pauses.append(one.seconds(now))
        now += pauses[-1]
    assert pauses == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30])
    one.begin(now)
    one.catch_up(now + 1)
    one.fail(now + 2, UNAVAILABLE)
    assert one.seconds(now + 2) == pytest.approx(30)  # It had lived for 2 s only.
    one.begin(now)
    one.fail(now + 11, UNAVAILABLE)
    assert one.seconds(now + 11) == pytest.approx(0.1)


def test_a_pause_is_the_longest_at_once_if_firestore_asks_for_less() -> None:
    one = live()
    one.fail(20, EXHAUSTED)
    assert one.seconds(20) == pytest.approx(30)


def test_half_of_a_pause_is_left_to_chance() -> None:
    one = Supervision(Patience(45, 120), lambda low, high: low)
    one.begin(0)
    one.fail(0, UNAVAILABLE)
    assert one.seconds(0) == pytest.approx(0.05)


@pytest.mark.parametrize("code", sorted(PERMANENT))
def test_some_errors_stay(code: int) -> None:
    assert not live().fail(20, code)


@pytest.mark.parametrize("code", [1, 2, 4, 8, 10, 13, 14, 16])
def test_other_errors_pass(code: int) -> None:
    assert live().fail(20, code)


def test_the_emulator_says_nothing_so_its_silence_is_ended_before_it_looks_stale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    assert patience_of_a_sync().silence < patience_of_a_sync().stale
    assert patience_of_a_monitor().silence < patience_of_a_monitor().stale
    monkeypatch.delenv("FIRESTORE_EMULATOR_HOST")
    assert patience_of_a_sync() == Patience(patience.STALE_SECONDS, patience.SILENCE_SECONDS)
