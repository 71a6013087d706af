"""The rule for uploads, evaluated without an emulator on the cases that the emulator gets too."""

import re
from types import SimpleNamespace

import pytest

from rules.storage_cases import scaled, storage_cases
from stoker import config
from stoker.sandbox.formats import ACCEPTED
from stoker_tools.generate.uploads import upload_function
from stoker_tools.rules_lab.mutants import mutants
from stoker_tools.rules_lab.storage import Relabel, Upload


class Text(str):
    """A string of the rules' language."""

    def matches(self, pattern: str) -> bool:
        """Return whether the whole text matches."""
        return re.fullmatch(re.sub(r"\\x\{(\w{4})\}", r"\\u\1", pattern), self) is not None

    def size(self) -> int:
        """Return the number of characters."""
        return len(self)

    def utf8(self) -> "Text":
        """The bytes, each as a character."""
        return Text(self.encode().decode("latin-1"))

    def lower(self) -> "Text":
        """In small letters."""
        return Text(super().lower())


def accepts(request: Upload | Relabel, rules: str) -> bool:
    condition = rules.partition("return ")[2].rpartition(";")[0]
    in_python = " ".join(
        condition.replace("&&", "and").replace("||", "or").replace("!(", "not (").replace("toUtf8", "utf8").split()
    )
    size = request.size if isinstance(request, Upload) else 100
    file = SimpleNamespace(name=Text(request.path), contentType=Text(request.content_type), size=size)
    return bool(eval(in_python, {"file": file}))


OWN = [
    (case.request, case.allowed)
    for case in storage_cases()
    if case.who == "ada" and isinstance(case.request, Upload | Relabel) and case.place.startswith("user-uploads/ada")
]


def misjudged(rules: str) -> list[Upload | Relabel]:
    return [request for request, allowed in OWN if accepts(request, rules) != allowed]


def test_every_upload_is_judged_as_it_must_be() -> None:
    assert misjudged(scaled(upload_function("isAccepted"))) == []
    assert len(OWN) > 60


@pytest.mark.slow
def test_every_mistake_in_the_rule_is_noticed() -> None:
    rule = scaled(upload_function("isAccepted"))
    made = mutants(f"service s {{ match /a/{{b}} {{\n{rule}\n}} }}")
    assert len(made) > 80
    assert [str(mutant) for mutant in made if not misjudged(mutant.rules.rpartition("\n")[0])] == []


@pytest.mark.parametrize("ending", [ending for accepted in ACCEPTED for ending in accepted.endings])
def test_every_ending_of_the_table_is_accepted_without_a_media_type(ending: str) -> None:
    rules = upload_function("isAccepted")
    for name in (f"a.{ending}", f"A.{ending.upper()}"):
        for content_type in config.UNKNOWN_TYPES:
            assert accepts(Upload(f"user-uploads/ada/{name}", content_type), rules)


@pytest.mark.parametrize("media_type", sorted({kind for accepted in ACCEPTED for kind in accepted.media_types}))
def test_every_media_type_of_the_table_is_accepted(media_type: str) -> None:
    assert accepts(Upload("user-uploads/ada/file", media_type), upload_function("isAccepted"))
