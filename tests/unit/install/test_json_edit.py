"""Editing JSON files of an app: what is put in can be taken out again, and every other byte stays."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker_tools.install import firebase_json, index_merge
from stoker_tools.install.errors import InstallError
from stoker_tools.install.firebase_json import FirebaseWish
from stoker_tools.install.json_edit import Edits
from stoker_tools.install.json_text import parse

WISH = FirebaseWish(
    entry={"source": "functions-stoker", "codebase": "stoker", "predeploy": "node x.cjs", "ignore": ["venv"]},
    emulators={"auth": {}},
)

KEYS = st.sampled_from(["hosting", "emulators", "remoteconfig", "extensions", "é", 'a"b', "// no comment", "/*"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "x", "} // ]", "\\", "日本", '"', "/* y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
ENTRIES = st.fixed_dictionaries(
    {"source": st.sampled_from(["functions", "api"])}, optional={"codebase": st.sampled_from(["default", "api"])}
) | st.just({"kit": "resize", "source": "kits/resize", "instances": {"one": "one.json"}})
FIRESTORE = st.fixed_dictionaries({}, optional={"rules": st.just("my.rules"), "indexes": st.just("my.json")})
DATABASES = st.lists(
    st.fixed_dictionaries({"database": st.sampled_from(["(default)", "other"]), "rules": st.just("a.rules")}),
    max_size=2,
    unique_by=lambda one: one["database"],
)
FIREBASE = st.fixed_dictionaries(
    {},
    optional={
        "functions": ENTRIES | st.lists(ENTRIES, max_size=3),
        "firestore": FIRESTORE | DATABASES,
        "storage": st.just({"rules": "s.rules"}) | st.just({}) | st.just([{"bucket": "b", "rules": "b.rules"}]),
        "hosting": VALUES,
        "emulators": VALUES,
    },
)


@st.composite
def texts(draw: st.DrawFn, values: st.SearchStrategy[Any]) -> str:
    """Draw a JSON text in some style, with comments and any white space between its parts."""
    indent = draw(st.sampled_from([None, 2, 4, "\t", 0]))
    text = json.dumps(draw(values), indent=indent, ensure_ascii=draw(st.booleans()))
    offsets = [0, *(offset for offset in range(1, len(text)) if _is_between(text, offset)), len(text)]
    for offset in sorted(draw(st.lists(st.sampled_from(offsets), max_size=4)), reverse=True):
        space = draw(st.sampled_from([" ", "\n", "\t", "// } ]\n", "/* { \n*/", " // it's \"\n", "\n\n"]))
        text = text[:offset] + space + text[offset:]
    text += draw(st.sampled_from(["", "\n", "\n\n"]))
    text = text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))
    return draw(st.sampled_from(["", "\ufeff"])) + text


def _is_between(text: str, offset: int) -> bool:
    """Return whether an offset is beside a brace, a bracket or a comma that stands in no string."""
    inside = False
    escaped = False
    for sign in text[:offset]:
        if escaped:
            escaped = False
        elif inside and sign == "\\":
            escaped = True
        elif sign == '"':
            inside = not inside
    return not inside and (text[offset - 1] in "{[,:" or text[offset] in "}],")


@given(texts(FIREBASE))
def test_taking_out_of_firebase_json_gives_the_same_bytes(text: str) -> None:
    before = parse(text, "firebase.json").plain()
    edited, named = firebase_json.put_in(text, WISH, None)
    after = parse(edited.text, "firebase.json").plain()
    if edited.conflicts:
        assert isinstance(
            before["firestore"] if "firestore" in str(edited.conflicts) else before["storage"], list | dict
        )
        return
    listed = before.get("functions", [])
    assert after["functions"] == [*(listed if isinstance(listed, list) else [listed]), WISH.entry]
    assert {key: value for key, value in after.items() if key not in ("functions", "firestore", "storage")} == {
        key: value for key, value in before.items() if key not in ("functions", "firestore", "storage")
    }
    assert named.rules
    assert named.indexes
    assert firebase_json.put_in(edited.text, WISH, edited.edits)[0] == edited
    assert firebase_json.taken_out(edited.text, edited.edits).text == text
    newer = replace(WISH, entry={**WISH.entry, "runtime": "python314"})
    edited, _ = firebase_json.put_in(edited.text, newer, edited.edits)
    assert firebase_json.taken_out(edited.text, edited.edits).text == text


INDEX = {
    "collectionGroup": "tasks",
    "queryScope": "COLLECTION",
    "fields": [{"fieldPath": "status", "order": "ASCENDING"}, {"fieldPath": "at", "order": "DESCENDING"}],
}
OVERRIDE = {"collectionGroup": "tasks", "fieldPath": "at", "indexes": []}
WISHED: dict[str, Any] = {"indexes": [INDEX, {**INDEX, "collectionGroup": "jobs"}], "fieldOverrides": [OVERRIDE]}
THEIRS = {"collectionGroup": "posts", "fields": [{"fieldPath": "tag", "arrayConfig": "CONTAINS"}]}


@given(
    texts(
        st.fixed_dictionaries(
            {},
            optional={
                "indexes": st.lists(st.sampled_from([THEIRS, INDEX]), max_size=3),
                "fieldOverrides": st.lists(st.sampled_from([OVERRIDE, {**OVERRIDE, "fieldPath": "other"}]), max_size=2),
            },
        )
    )
)
def test_taking_out_of_the_indexes_gives_the_same_bytes(text: str) -> None:
    edited = index_merge.put_in(text, "i.json", WISHED, None)
    signatures = [index_merge.signature(one) for one in parse(edited.text, "i.json").plain()["indexes"]]
    assert all(index_merge.signature(one) in signatures for one in WISHED["indexes"])
    assert index_merge.put_in(edited.text, "i.json", WISHED, edited.edits) == edited
    assert index_merge.taken_out(edited.text, "i.json", edited.edits).text == text
    newer = {**WISHED, "indexes": [{**INDEX, "collectionGroup": "newer"}]}
    edited = index_merge.put_in(edited.text, "i.json", newer, edited.edits)
    assert index_merge.taken_out(edited.text, "i.json", edited.edits).text == text


def test_an_equal_index_in_another_order_of_keys_is_not_added() -> None:
    theirs = {
        "fields": [{"order": "ASCENDING", "fieldPath": "status"}, {"order": "DESCENDING", "fieldPath": "at"},
                   {"fieldPath": "__name__", "order": "DESCENDING"}],
        "density": "SPARSE_ALL",
        "collectionGroup": "tasks",
    }  # fmt: skip
    text = json.dumps({"indexes": [theirs]})
    assert index_merge.put_in(text, "i.json", {"indexes": [INDEX]}, None).text == text


def test_another_setting_of_the_same_field_is_a_conflict() -> None:
    theirs = {**OVERRIDE, "indexes": [{"order": "ASCENDING", "queryScope": "COLLECTION_GROUP"}]}
    edited = index_merge.put_in(json.dumps({"fieldOverrides": [theirs]}), "i.json", WISHED, None)
    assert edited.conflicts == (
        "i.json has other settings of the field at of tasks than Stoker needs. Make the entry of your file equal to "
        "Stoker's, which is without single-field indexes, and try again.",
    )


def test_a_codebase_of_the_same_name_is_a_conflict() -> None:
    edited, _ = firebase_json.put_in('{"functions": [{"source": "a", "codebase": "stoker"}]}', WISH, None)
    assert edited.conflicts == (
        'firebase.json has a codebase "stoker" already, which `stoker install` has not put in. Rename it.',
    )


def test_an_update_keeps_the_keys_that_the_app_has_added_to_the_entry() -> None:
    first, _ = firebase_json.put_in('{\n  "functions": []\n}\n', WISH, None)
    text = first.text.replace('"codebase"', '"disallowLegacyRuntimeConfig": true, "codebase"')
    newer = FirebaseWish({"source": "functions-stoker", "codebase": "stoker", "predeploy": "node y.cjs"})
    edited, _ = firebase_json.put_in(text, newer, first.edits)
    assert parse(edited.text, "f").plain()["functions"] == [{**newer.entry, "disallowLegacyRuntimeConfig": True}]
    assert '"functions": []' in firebase_json.taken_out(edited.text, edited.edits).text


def test_an_update_keeps_a_key_of_the_entry_that_the_app_has_changed() -> None:
    first, _ = firebase_json.put_in("{}", WISH, None)
    text = first.text.replace("node x.cjs", "mine")
    newer = FirebaseWish({**WISH.entry, "predeploy": "node y.cjs"})
    edited, _ = firebase_json.put_in(text, newer, first.edits)
    assert edited.text == text
    assert edited.notes == (
        'firebase.json: you have changed "predeploy" of Stoker\'s entry, so it stays. Stoker has "node y.cjs" now.',
    )


def test_what_was_taken_out_by_hand_is_put_in_again_and_recorded_once() -> None:
    first, _ = firebase_json.put_in("{\n}\n", WISH, None)
    again, _ = firebase_json.put_in("{\n}\n", WISH, first.edits)
    assert again == first
    first_indexes = index_merge.put_in("{}", "i", WISHED, None)
    assert index_merge.put_in("{}", "i", WISHED, first_indexes.edits) == first_indexes
    assert firebase_json.put_in(None, WISH, first.edits)[0].edits.base == firebase_json.EMPTY


def test_what_the_app_has_changed_since_stays() -> None:
    first, _ = firebase_json.put_in('{"functions": {"source": "f"}}', WISH, None)
    text = first.text.replace('"storage.rules"', '"mine.rules"').replace(
        '{"source": "f"}', '{"source": "f"}, {"source": "g"}'
    )
    edited = firebase_json.taken_out(text, first.edits)
    assert parse(edited.text, "f").plain() == {
        "functions": [{"source": "f"}, {"source": "g"}],
        "storage": {"rules": "mine.rules"},
    }
    assert edited.notes == ('firebase.json: "storage" was changed since it was put in, so it stays.',)


def test_a_file_that_was_formatted_anew_loses_ours_alone() -> None:
    first, _ = firebase_json.put_in('{"hosting": {}, "functions": {"source": "f"}}', WISH, None)
    text = json.dumps(parse(first.text, "f").plain(), indent=4)
    assert parse(firebase_json.taken_out(text, first.edits).text, "f").plain() == {
        "hosting": {},
        "functions": [{"source": "f"}],
    }


def test_a_new_file_has_emulators_and_is_empty_after_it() -> None:
    edited, named = firebase_json.put_in(None, WISH, None)
    assert list(parse(edited.text, "f").plain()) == ["functions", "firestore", "storage", "emulators"]
    assert (named.rules, named.indexes, named.storage_rules) == (
        "firestore.rules",
        "firestore.indexes.json",
        "storage.rules",
    )
    assert firebase_json.taken_out(edited.text, edited.edits).text == edited.edits.base


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1,}', "firebase.json, line 1: '}' was not expected. Repair the file first."),
        ('{\n"a": 1\n"b"', "firebase.json, line 3: '\"' was not expected. Repair the file first."),
        ('{"a', "firebase.json, line 1: '\"' was not expected. Repair the file first."),
        ("", "firebase.json, line 1: 'the end' was not expected. Repair the file first."),
        ("[]", "firebase.json must hold an object."),
    ],
)
def test_a_broken_file_is_refused_with_its_line(text: str, message: str) -> None:
    with pytest.raises(InstallError) as refused:
        firebase_json.put_in(text, WISH, None)
    assert str(refused.value) == message


def test_a_named_database_needs_an_entry_of_its_own() -> None:
    wish = FirebaseWish(WISH.entry, database="app-data")
    edited, _ = firebase_json.put_in('{"firestore": {"rules": "a.rules"}}', wish, None)
    assert "Stoker uses app-data" in edited.conflicts[0]
    edited, named = firebase_json.put_in('{"firestore": [{"database": "app-data", "rules": "b.rules"}]}', wish, None)
    assert (named.rules, named.indexes, edited.conflicts) == ("b.rules", "firestore.indexes.json", ())


def test_no_edits_are_no_edits() -> None:
    assert firebase_json.taken_out('{"a": 1}', Edits()).text == '{"a": 1}'
