"""Entries of firebase.json that collide with Stoker's are refused with their line and a cure."""

import json

import pytest

from stoker_tools.install.foreign_codebases import codebase_refusals, foreign_codebases, unread_codebases
from stoker_tools.install.foreign_databases import RulesEntry, chosen_entry, chosen_remark, unnamed_rules
from stoker_tools.install.foreign_refusals import Refusal
from stoker_tools.install.foreign_settings import LinedSettings, UnreadableSettings, settings_of

FUNCTIONS = ("retryJob", "reconcile_profiles")


def settings(**content: object) -> LinedSettings:
    """Return settings with some content, a value in each line."""
    return settings_of(json.dumps(content, indent=2))


def codes(functions: object, *, installed: bool = False, folder: str = "functions-stoker") -> list[str]:
    """Return the codes of the refusals for entries of functions."""
    found = codebase_refusals(settings(functions=functions), folder, FUNCTIONS, installed=installed)
    return [one.code for one in found]


def test_values_have_the_lines_of_the_file() -> None:
    text = '{\n  // ours\n  "functions": [\n    {"source": "a"}, /* a\n b */ {"source": "b",\n "prefix": "p"}\n  ]\n}\n'
    read = settings_of(text)
    assert read.value["functions"][1] == {"source": "b", "prefix": "p"}
    assert [read.line("functions", 1), read.line("functions", 1, "prefix"), read.line("functions", 1, "x")] == [5, 6, 5]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[]", 1),
        ('{\n"a": }', 2),
        ('{"a": 1,\n}', 2),
        ('{"a": 1}\n x', 2),
        ('{"a": [1\n2]}', 2),
        ("{'a': 1}", 1),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(text: str, line: int) -> None:
    with pytest.raises(UnreadableSettings) as error:
        settings_of(text)
    assert error.value.line == line


@pytest.mark.parametrize(
    ("functions", "expected"),
    [
        (None, []),
        ({"source": "functions"}, []),
        ([{"source": "functions"}, {"source": "web", "codebase": "web", "prefix": "web"}], []),
        ([{"kit": "resize", "source": "kits/resize", "instances": {"one": "kits/one"}}], []),
        ([{"source": "functions", "codebase": "stoker"}], ["codebase-taken"]),
        ([{"kit": "stoke", "source": "kits", "instances": {"stoker": "kits/s"}}], ["codebase-taken"]),
        ([{"source": "./functions-stoker/", "codebase": "web"}], ["source-taken"]),
        ("functions.json", ["imported-settings"]),
    ],
)
def test_entries_that_collide_are_refused(functions: object, expected: list[str]) -> None:
    assert codes(functions) == expected


def test_our_own_entry_is_no_foreign_one() -> None:
    ours = [{"source": "functions"}, {"source": "functions-stoker", "codebase": "stoker"}]
    assert codes(ours, installed=True) == []
    assert codes(ours) == ["codebase-taken", "source-taken"]
    assert [one.name for one in foreign_codebases(settings(functions=ours), "functions-stoker")] == ["default"]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("acme", []),
        ("Acme", ["prefix-refused"]),
        ("acme-", ["prefix-refused"]),
        ("a" * 31, ["prefix-refused"]),
        ("a" * 30, []),
    ],
)
def test_a_prefix_that_the_cli_refuses_is_refused(prefix: str, expected: list[str]) -> None:
    ours = [{"source": "functions-stoker", "codebase": "stoker", "prefix": prefix}]
    assert codes(ours, installed=True) == expected


def test_a_prefix_may_not_make_a_name_too_long() -> None:
    ours = settings(functions={"source": "f", "codebase": "stoker", "prefix": "a" * 30})
    [one] = codebase_refusals(ours, "f", ["x" * 32, "y" * 33], installed=True)
    assert isinstance(one, Refusal)
    assert "y" * 33 in one.sentence
    assert one.line == 5


def test_kits_and_other_repositories_are_codebases_too() -> None:
    entries = [
        {"kit": "resize", "source": "kits/resize", "instances": {"one": "kits/one", "two": "kits/two"}},
        {"codebase": "far", "remoteSource": {"repository": "https://example.com/far", "ref": "main"}},
    ]
    found = foreign_codebases(settings(functions=entries), "functions")
    assert [one.deployed_name("hello") for one in found] == ["kit-one-hello", "kit-two-hello", "hello"]
    assert [one.code for one in unread_codebases(found)] == ["not-looked-at"]


def entry_for(service: str, value: object, wanted: str | None = None, **targets: list[str]) -> str | RulesEntry | None:
    """Return the chosen entry, or the code of the refusal."""
    found = chosen_entry(settings(**{service: value}), service, wanted, targets)
    return found.code if isinstance(found, Refusal) else found


ONE = {"rules": "firestore.rules", "indexes": "firestore.indexes.json"}
DEFAULT = {"database": "(default)", "rules": "one.rules"}
OTHER = {"database": "eu", "rules": "eu.rules"}


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        (None, None, None),
        (ONE, None, RulesEntry(("firestore",), "firestore.rules", "firestore.indexes.json")),
        (ONE, "(default)", RulesEntry(("firestore",), "firestore.rules", "firestore.indexes.json")),
        (ONE, "eu", "no-database-entry"),
        (OTHER, None, "database-unnamed"),
        (OTHER, "eu", RulesEntry(("firestore",), "eu.rules")),
        ([DEFAULT], None, RulesEntry(("firestore", 0), "one.rules")),
        ([DEFAULT, OTHER], None, RulesEntry(("firestore", 0), "one.rules")),
        ([OTHER, {**OTHER, "database": "us"}], None, "database-unnamed"),
        ([{"target": "lost", "rules": "a.rules"}], None, "target-unknown"),
        (["a"], "eu", "no-database-entry"),
        ([DEFAULT, OTHER], "eu", RulesEntry(("firestore", 1), "eu.rules")),
        ([DEFAULT, OTHER], "us", "no-database-entry"),
        ([DEFAULT, OTHER, OTHER], "eu", "database-unnamed"),
        ([DEFAULT, {**OTHER, "rules": "./one.rules"}], "eu", "rules-shared"),
        ([{"target": "main", "rules": "a.rules"}], "eu", RulesEntry(("firestore", 0), "a.rules")),
        ([{"target": "both", "rules": "a.rules"}], "eu", "rules-shared"),
        ([{"target": "lost", "rules": "a.rules"}], "eu", "target-unknown"),
        ("firestore.json", None, "imported-settings"),
    ],
)
def test_the_database_of_stoker_is_found_or_must_be_named(value: object, wanted: str | None, expected: object) -> None:
    assert entry_for("firestore", value, wanted, main=["eu"], both=["eu", "us"]) == expected


@pytest.mark.parametrize(
    ("value", "wanted", "expected"),
    [
        ({"rules": "storage.rules"}, None, RulesEntry(("storage",), "storage.rules")),
        ({"rules": "storage.rules"}, "my-app.appspot.com", RulesEntry(("storage",), "storage.rules")),
        ({"rules": "storage.rules"}, "films", "no-bucket-entry"),
        ([{"bucket": "films", "rules": "f.rules"}], None, "bucket-unnamed"),
        ([{"bucket": "films", "rules": "f.rules"}], "films", RulesEntry(("storage", 0), "f.rules")),
        ([{"target": "films", "rules": "f.rules"}], "films", RulesEntry(("storage", 0), "f.rules")),
    ],
)
def test_the_bucket_of_stoker_is_found_or_must_be_named(value: object, wanted: str | None, expected: object) -> None:
    assert entry_for("storage", value, wanted, films=["films"]) == expected


def test_every_refusal_of_an_entry_has_its_line_and_a_cure() -> None:
    found = chosen_entry(settings(hosting={}, firestore=[OTHER]), "firestore", None, {})
    assert isinstance(found, Refusal)
    assert found.line == 3
    assert 'database = "eu"' in found.cure
    assert "eu" in found.sentence


def test_the_default_database_among_several_is_named_in_a_remark() -> None:
    several = settings(firestore=[OTHER, DEFAULT])
    entry = RulesEntry(("firestore", 1), "one.rules")
    assert [one.code for one in chosen_remark(entry, "firestore", None, several)] == ["database-chosen"]
    assert not list(chosen_remark(entry, "firestore", "(default)", several))
    assert not list(chosen_remark(RulesEntry(("firestore",)), "firestore", None, settings(firestore=DEFAULT)))


def test_rules_that_are_only_in_the_console_are_named() -> None:
    [one] = unnamed_rules(None, "firestore", settings())
    assert one.code == "rules-elsewhere"
    assert not list(unnamed_rules(RulesEntry(("firestore",), "a.rules"), "firestore", settings(firestore={})))
