"""docs/settings.md lists each setting of `stoker.toml`, and its example is valid."""

from dataclasses import fields

from stoker.app_settings import COLLECTIONS, FEATURES, AppSettings, settings_of
from unit.docs.pages import rows, snippets


def names(title: str) -> list[str]:
    return [cell.strip("`") for cell in rows("settings.md", title)]


def test_each_setting_has_a_row() -> None:
    assert names("setting") == [one.name for one in fields(AppSettings) if one.name not in ("names", "off")]


def test_each_collection_and_each_feature_has_a_row() -> None:
    assert names("name") == [*COLLECTIONS]
    assert names("feature") == [*FEATURES]


def test_the_examples_are_valid() -> None:
    examples = snippets("toml")
    assert len(examples) >= 3
    for example in examples:
        assert settings_of(example.code) != AppSettings(), example
