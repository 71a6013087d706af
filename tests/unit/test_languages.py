"""Languages of containers become tags of the web, and nothing else gets through."""

import re

import pytest

from stoker.languages import LANGUAGES, bcp47


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("ger", "de"),
        ("deu", "de"),
        ("DEU", "de"),
        ("fre", "fr"),
        ("chi", "zh"),
        ("fil", "fil"),
        ("qaa", "qaa"),
        ("de", "de"),
        ("pt-BR", "pt-BR"),
        ("PT_br", "pt-BR"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es-419", "es-419"),
        ("sl-rozaj", "sl-rozaj"),
        (" eng ", "en"),
        ("und", None),
        ("mul", None),
        ("zxx", None),
        ("", None),
        ("e", None),
        ("English", None),
        ('de"', None),
        ("de\n#EXT-X-ENDLIST", None),
        ("../../etc", None),
        ("dé", None),
        ("de-" + "x" * 1000, None),
        ("de-aaaaa-bbbbb-ccccc-ddddd", None),
    ],
)
def test_a_language_becomes_a_tag_or_nothing(code: str, tag: str | None) -> None:
    assert bcp47(code) == tag


def test_every_long_code_of_a_language_with_two_letters_becomes_these() -> None:
    short = {preferred for code, preferred in LANGUAGES.items() if len(code) == 3 and len(preferred) == 2}
    assert len(short) > 180  # ISO 639-1 has 183
    assert all(re.fullmatch("[a-z]{2}", code) for code in short)
