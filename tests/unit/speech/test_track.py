"""Pieces become one sound, with silences of exact length, and every word has its time."""

from pathlib import Path

import pytest

from stoker import config
from stoker.errors import InputTooLarge
from stoker.speech.track import SpeechTrack
from unit.speech.speaking import RATE, seconds, silence, sounds, tone, tracked, utterance


def test_silences_are_exact_whatever_the_engine_has_put_around_a_sentence(tmp_path: Path) -> None:
    file, spoken = tracked(
        tmp_path,
        utterance("One.", silence(0.2) + tone(0.5) + silence(0.7)),
        utterance("Two.", tone(1.0), ends="paragraph"),
        utterance("Three.", silence(0.05) + tone(0.3) + silence(0.1)),
    )
    assert [(one.start, one.end) for one in spoken if one] == [
        pytest.approx(times, abs=0.002) for times in [(0.25, 0.75), (1.15, 2.15), (2.95, 3.25)]
    ]
    assert sounds(file) == [pytest.approx((one.start, one.end), abs=0.005) for one in spoken if one]
    assert seconds(file) == pytest.approx(3.5, abs=0.002)


def test_silences_shrink_with_the_speed(tmp_path: Path) -> None:
    _, spoken = tracked(tmp_path, utterance("One.", tone(0.5)), utterance("Two.", tone(0.5)), speed=2)
    assert [one.start for one in spoken if one] == pytest.approx([0.25, 0.95], abs=0.002)


def test_a_sentence_without_a_sound_is_left_out(tmp_path: Path) -> None:
    file, spoken = tracked(
        tmp_path, utterance("One.", tone(0.5)), utterance("…", silence(2)), utterance("Two.", tone(0.5))
    )
    assert [one is None for one in spoken] == [False, True, False]
    assert seconds(file) == pytest.approx(0.25 + 0.5 + 0.4 + 0.5 + 0.25, abs=0.002)


def test_a_word_begins_where_the_engine_says_and_ends_with_its_sound(tmp_path: Path) -> None:
    sound = silence(0.1) + tone(0.4) + silence(0.3) + tone(0.5)
    _, [spoken] = tracked(tmp_path, utterance("Yes, indeed.", sound, {0: 0.1, 5: 0.8}))
    assert spoken is not None
    times = [(word.text, word.start, word.end) for word in spoken.words]
    assert times == [
        ("Yes,", *(pytest.approx(at, abs=0.002) for at in (0.25, 0.65))),
        ("indeed.", *(pytest.approx(at, abs=0.002) for at in (0.95, 1.45))),
    ]


def test_without_marks_words_share_the_time_by_their_length(tmp_path: Path) -> None:
    _, [spoken] = tracked(tmp_path, utterance("abcd efgh ij", tone(1.2)))
    assert spoken is not None
    assert [word.start for word in spoken.words] == pytest.approx([0.25, 0.75, 1.25], abs=0.002)


@pytest.mark.parametrize(
    "marks",
    [
        {0: 0.0, 4: 9.0},  # beyond the end
        {0: 0.0, 4: 0.6, 9: 0.3},  # backwards
        {0: 0.9, 4: 0.2, 9: 0.1},
        {40: 0.5},
        {4: 0.0, 9: 0.0},
    ],
)
def test_whatever_an_engine_says_times_do_not_fall(tmp_path: Path, marks: dict[int, float]) -> None:
    _, [spoken] = tracked(tmp_path, utterance("abc 1234 xyz", tone(1.0), marks))
    assert spoken is not None
    times = [at for word in spoken.words for at in (word.start, word.end)]
    assert times == sorted(times)
    assert times[0] == spoken.start
    assert times[-1] == spoken.end


@pytest.mark.slow
def test_speech_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "MAX_SPEECH_SECONDS", 3600)
    minutes = tone(1)  # 100 s, at a hundredth of the usual rate
    with SpeechTrack(tmp_path / "track.wav", RATE // 100) as track:
        for _ in range(35):
            track.add(utterance("On and on.", minutes))
        with pytest.raises(InputTooLarge, match="more than 1 hours"):
            track.add(utterance("On and on.", minutes))
