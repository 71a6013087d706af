"""An app declares an achievement, and users reach it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stoker.extend.achievement import achievement, forget_achievement
from stoker.models.user import Progress
from stoker.progress.achievements import ACHIEVEMENTS, achievements, newly_achieved
from stoker.registry import RegistrationError

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def reached(level: int) -> list[str]:
    return [one.id for one in newly_achieved(Progress(level=level), NOW)]


def test_a_user_reaches_it_at_its_figure() -> None:
    achievement("level-20", "Level 20", figure="level", at_least=20)
    assert "level-20" in reached(20)
    assert "level-20" not in reached(19)
    forget_achievement("level-20")
    assert "level-20" not in reached(20)
    assert [*achievements()] == [*ACHIEVEMENTS]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"achievement_id": "Level 20"}, "'Level 20' needs another id"),
        ({"achievement_id": "l" * 65}, "of at most 64 characters"),
        ({"achievement_id": 5}, "5 needs another id"),
        ({"achievement_id": "level-5"}, "The achievement level-5 is there already"),
        ({"title": " "}, "has no title"),
        ({"figure": "xp"}, "Use one of completed, onTime"),
        ({"at_least": 0}, "Choose 1 or more"),
        ({"at_least": 1.5}, "Choose 1 or more"),
        ({"at_least": True}, "Choose 1 or more"),
    ],
)
def test_a_wrong_achievement_is_refused_at_once(options: dict[str, Any], sentence: str) -> None:
    wished = {"achievement_id": "level-20", "title": "Level 20", "figure": "level", "at_least": 20}
    with pytest.raises(RegistrationError) as raised:
        achievement(**{**wished, **options})
    assert sentence in str(raised.value)
    assert [*achievements()] == [*ACHIEVEMENTS]


def test_it_needs_the_feature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stoker.features.has", lambda feature: feature != "progress")
    with pytest.raises(RegistrationError, match=r"needs the feature progress, which is off\. Switch it on"):
        achievement("level-20", "Level 20", figure="level", at_least=20)
