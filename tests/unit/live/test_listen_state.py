"""Firestore's messages, one by one, make the documents of a listener."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stoker.live.listen_state import ListenSnapshot, ListenState, Mismatch, TargetMessage, TargetRemoved
from unit.live.listen_server import (
    ADD,
    CURRENT,
    REMOVE,
    RESET,
    ROOT,
    ListenServer,
    changed,
    consistent,
    count,
    deleted,
    document,
    left,
    removed,
    target,
)


def begun() -> ListenState:
    """A state whose target has the documents `a` and `b`."""
    state = ListenState(TargetMessage())
    state.begin()
    told(state, target(ADD), changed(document("a", 1)), changed(document("b", 1)), target(CURRENT), consistent(1, b"1"))
    return state


def told(state: ListenState, *messages: Any) -> dict[str, int | None] | None:
    """The changes after messages, as update times by ids; None if there is no consistent state."""
    found = None
    for message in messages:
        step = state.apply(message)
        assert step is None or isinstance(step, ListenSnapshot)
        found = step or found
    if found is None:
        return None
    return {
        name.removeprefix(f"{ROOT}/"): None if one is None else one.update_time.seconds
        for name, one in found.changes.items()
    }


def test_the_first_state_comes_when_the_server_says_that_it_is_whole() -> None:
    state = ListenState(TargetMessage())
    assert not state.begin().resume_token
    assert told(state, target(ADD), changed(document("a", 1)), consistent(1)) is None
    assert told(state, target(CURRENT)) is None
    assert told(state, target(0)) is None  # about a target alone
    assert told(state, consistent(2)) == {"a": 1}


def test_a_target_without_documents_has_a_first_state_too() -> None:
    state = ListenState(TargetMessage())
    state.begin()
    assert told(state, target(ADD), target(CURRENT), consistent(1)) == {}


def test_changes_come_together_at_the_next_consistent_state() -> None:
    state = begun()
    assert told(state, changed(document("a", 2)), deleted("b"), changed(document("c", 3))) is None
    assert told(state, consistent(3)) == {"a": 2, "b": None, "c": 3}
    assert told(state, consistent(4)) == {}


def test_a_document_that_is_sent_again_unchanged_has_not_changed() -> None:
    assert told(begun(), changed(document("a", 1)), consistent(2)) == {}


def test_a_document_that_comes_and_goes_has_not_changed() -> None:
    assert told(begun(), changed(document("c", 2)), deleted("c"), consistent(3)) == {}


def test_a_document_that_goes_and_comes_again_has_changed_if_it_was_written() -> None:
    assert told(begun(), removed("a"), changed(document("a", 1)), consistent(3)) == {}
    assert told(begun(), removed("a"), changed(document("a", 2)), consistent(3)) == {"a": 2}


def test_a_document_that_does_not_match_any_more_is_gone() -> None:
    assert told(begun(), left(document("a", 2)), consistent(2)) == {"a": None}


def test_a_stream_that_breaks_off_takes_its_unfinished_changes_along() -> None:
    state = begun()
    assert told(state, changed(document("c", 2))) is None
    asked = state.begin()
    assert (asked.resume_token, asked.expected_count.value) == (b"1", 2)
    # `c` was deleted meanwhile, so the server, which goes on from the token, does not mention it.
    assert told(state, target(ADD), target(CURRENT), consistent(3)) == {}


def test_a_state_that_is_older_than_the_last_one_is_not_told() -> None:
    """Documents would go back to what they were, and then forth again."""
    state = begun()
    assert told(state, changed(document("a", 5)), consistent(5)) == {"a": 5}
    state.begin()
    again = (changed(document("a", 1)), changed(document("b", 1)), target(CURRENT))
    assert told(state, target(RESET), *again, consistent(4)) is None
    assert told(state, changed(document("a", 5)), changed(document("b", 6)), consistent(6)) == {"b": 6}


def test_an_older_version_of_a_document_is_not_told() -> None:
    state = begun()
    assert told(state, changed(document("a", 5)), consistent(5)) == {"a": 5}
    assert told(state, changed(document("a", 1)), changed(document("b", 6)), consistent(6)) == {"b": 6}


def test_after_a_reset_what_is_not_sent_again_is_gone() -> None:
    state = begun()
    assert told(state, target(RESET), changed(document("b", 1)), changed(document("c", 2)), consistent(3)) is None
    assert told(state, target(CURRENT), consistent(4)) == {"a": None, "c": 2}


def test_a_stream_that_breaks_off_after_a_reset_begins_without_a_token() -> None:
    state = begun()
    told(state, target(RESET), changed(document("c", 2)))
    assert not state.begin().resume_token
    assert told(state, changed(document("b", 1)), target(CURRENT), consistent(4)) == {"a": None}


def test_another_count_than_the_servers_makes_the_listener_begin_anew() -> None:
    state = begun()
    assert state.apply(count(2)) is None
    assert told(state, changed(document("c", 2)), deleted("a"), changed(document("d", 2))) is None
    assert state.apply(count(3)) is None
    assert isinstance(state.apply(count(2)), Mismatch)
    assert not state.begin().resume_token
    assert told(state, changed(document("c", 2)), changed(document("d", 2)), count(2), target(CURRENT)) is None
    assert told(state, consistent(5, b"5")) == {"a": None, "b": None, "c": 2, "d": 2}
    assert state.begin().resume_token == b"5"


def test_the_end_by_the_server_has_a_reason() -> None:
    state = begun()
    assert state.apply(target(REMOVE, cause={"code": 7, "message": "no"})) == TargetRemoved(7, "no")
    assert state.apply(target(REMOVE)) == TargetRemoved(13, "Firestore has ended it.")


STEPS = st.one_of(
    st.tuples(st.just("set"), st.sampled_from("abcdef")),
    st.tuples(st.just("set"), st.sampled_from("abcdef")),
    st.tuples(st.sampled_from(["delete", "remove", "lose"]), st.sampled_from("abcdef")),
    st.tuples(st.sampled_from(["flush", "flush", "break", "reset", "forget"]), st.just("")),
)


@pytest.mark.slow
@settings(max_examples=100)
@given(st.lists(STEPS, min_size=100, max_size=100))
def test_after_each_consistent_state_the_documents_are_the_servers(steps: list[tuple[str, str]]) -> None:
    """Ten thousand changes, with streams that break off, resets, and messages that are lost."""
    server, state = ListenServer(), ListenState(TargetMessage())
    mirror: dict[str, Any] = {}

    def send(*messages: Any) -> None:
        for message in messages:
            step = state.apply(message)
            if isinstance(step, Mismatch):
                send(*server.answer(state.begin()))
                return
            if isinstance(step, ListenSnapshot):
                for name, one in step.changes.items():
                    assert mirror.get(name) != one  # nothing is told twice
                    if one is None:
                        del mirror[name]
                    else:
                        mirror[name] = one
                assert mirror == {one.name: one for one in server.documents.values()}

    send(*server.answer(state.begin()))
    for number, (kind, name) in enumerate(steps):
        match kind:
            case "set":
                send(server.set(name, n=number))
            case "delete" | "remove" if name in server.documents:
                send(server.delete(name, deleted if kind == "delete" else removed))
            case "lose":
                # The listener never hears of it, and the server's count tells.
                (server.delete if name in server.documents else server.set)(name)
                send(count(len(server.documents)))
            case "flush":
                send(server.flush())
            case "break":
                send(*server.answer(state.begin()))
            case "reset":
                everything = [changed(one) for one in server.documents.values()]
                send(target(RESET), *everything, target(CURRENT), server.flush())
            case "forget":  # It breaks off in the middle of an answer.
                send(*server.answer(state.begin())[:-2])
                send(*server.answer(state.begin()))
    send(server.flush())
