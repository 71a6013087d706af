"""Names of languages as people write them."""

import json
import shutil
import subprocess

import pytest

from conftest import missing
from stoker.errors import UnknownLanguage
from stoker.languages import LANGUAGES, REGIONS, preferred
from stoker.models.speech import AudioInput
from stoker.speech.voices import Voice, choose_voice

VOICES = [
    Voice(tag, (tag, *more))
    for tag, *more in (
        ("en-us", "en"),
        ("en-gb", "en"),
        ("de",),
        ("he",),
        ("id",),
        ("nb", "no"),
        ("cmn", "zh-cmn", "zh"),
        ("yue", "zh-yue", "zh"),
        ("hak",),
        ("pt", "pt-pt"),
        ("pt-br", "pt"),
        ("fil-PH",),
        ("fr-be", "fr"),
        ("fr", "fr-fr"),
        ("sr",),
        ("ro",),
    )
]


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("iw", "he"),
        ("iw_IL", "he"),
        ("in", "id"),
        ("IN-id", "id"),
        ("de_DE", "de"),
        ("DE", "de"),
        ("ger", "de"),
        ("deu", "de"),
        ("zh_cn", "cmn"),
        ("zh-Hans-CN", "cmn"),
        ("cmn-TW", "cmn"),
        ("zh-guoyu", "cmn"),
        ("zh-yue", "yue"),
        ("zh-yue-HK", "yue"),
        ("zh-hakka", "hak"),
        ("i-hak", "hak"),
        ("no", "nb"),
        ("nb_NO", "nb"),
        ("no-bok", "nb"),
        ("pt_BR", "pt-br"),
        ("por", "pt"),
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("fr_FR", "fr"),
        ("fr-BE", "fr-be"),
        ("en_UK", "en-gb"),
        ("en-GB-oed", "en-gb"),
        ("tl", "fil-PH"),
        ("mo", "ro"),
        ("sh", "sr"),
    ],
)
def test_every_form_of_a_tag_finds_the_voice(language: str, voice: str) -> None:
    assert AudioInput.from_firestore({"text": "a", "language": language}).language == language
    assert choose_voice(VOICES, language, None).name == voice


def test_a_form_that_no_voice_speaks_is_refused_as_it_was_written() -> None:
    with pytest.raises(UnknownLanguage, match="No voice speaks 'ji_US'"):
        choose_voice(VOICES, "ji_US", None)


def test_the_tables_are_those_of_the_unicode_consortium() -> None:
    if shutil.which("node") is None:
        missing("Node.js")
    tags = [*LANGUAGES, *(f"en-{region}" for region in REGIONS)]
    # A list leaves out what comes twice, so that each tag is asked for by itself.
    asked = f"console.log(JSON.stringify({json.dumps(tags)}.map((tag) => Intl.getCanonicalLocales(tag)[0])))"
    done = subprocess.run(["node", "-e", asked], capture_output=True, text=True, check=True)
    theirs = dict(zip(tags, json.loads(done.stdout), strict=True))
    ours = {tag: preferred(tag) for tag in tags}
    # In Serbian, voices read both scripts.
    assert {tag: (ours[tag], theirs[tag]) for tag in tags if ours[tag] != theirs[tag]} == {"sh": ("sr", "sr-Latn")}
