"""Languages of containers become tags of the web, and nothing else gets through."""

import re

import pytest

from stoker.media.languages import SHORTER, bcp47


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
        (None, None),
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
def test_a_language_becomes_a_tag_or_nothing(code: str | None, tag: str | None) -> None:
    assert bcp47(code) == tag


def test_every_code_has_two_letters() -> None:
    assert len(set(SHORTER.values())) == 183  # all of ISO 639-1 but Serbo-Croatian, which is deprecated
    assert all(re.fullmatch("[a-z]{2}", short) for short in SHORTER.values())
