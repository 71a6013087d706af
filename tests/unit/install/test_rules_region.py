"""Stoker's region in an app's own file of rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stoker_tools.install.errors import InstallError
from stoker_tools.install.rules_region import (
    FIRESTORE,
    SKELETONS,
    STORAGE,
    is_same,
    put_in,
    region_of,
    taken_out,
    wanted,
)
from stoker_tools.rules_lab.language import parse

RULES = """\
function stokerExists(id) {
  return exists(/databases/$(database)/documents/users/$(id));
}

match /tasks/{task} {
  allow read: if stokerExists(task); // }
}
"""

LINES = st.lists(
    st.sampled_from(
        [
            "match /posts/{post} { allow read: if '}' == \"{\"; }",
            "// a comment with { and // END of stoker",
            "/* match /databases/{database}/documents { } */",
            "/*\n// BEGIN stoker\n*/",
            "function f() { return 'match /databases/{d}/documents {'; }",
            "match /a/{b=**} {\n  match /c/{d} {\n    allow get, list: if true;\n  }\n}",
            "",
            "allow delete: if request.auth.token.match == 1;",
        ]
    ),
    max_size=5,
)


@given(
    LINES, LINES,
    st.sampled_from(["  ", "    ", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\ufeff"]),
    st.booleans(),
    st.sampled_from(["database", "db"]),
)  # fmt: skip
def test_taking_out_gives_the_same_bytes(
    inside: list[str], behind: list[str], unit: str, newline: str, mark: str, is_open: bool, wildcard: str
) -> None:
    inner = "".join(f"{unit * 2}{line}\n" for line in inside)
    closing = f"{unit}}}\n" if is_open else f"{unit * 2}match /x/{{y}} {{ }} }}\n"
    outer = "".join(f"{unit}{line}\n" for line in behind if line.startswith(("match", "//", "/*")))
    text = f"rules_version = '2';\nservice cloud.firestore {{\n{unit}match /databases/{{{wildcard}}}/documents {{\n"
    text = mark + f"{text}{inner}{closing}{outer}}}\n".replace("\n", newline)
    rules = wanted(text, "f.rules", FIRESTORE, RULES)
    new, record = put_in(text, "f.rules", FIRESTORE, rules, None)
    assert (newline == "\r\n") == ("\r\n" in new)
    assert new.count("\n") == new.count(newline)
    blocks = parse(new.replace("\ufeff", "")).blocks[0].blocks
    assert [block.path for block in blocks][-1] == "/tasks/{task}"
    assert f"$({wildcard})" in new
    region = region_of(new, "f.rules")
    assert region is not None
    assert is_same(region.text, rules)
    assert new.startswith(text[: region.start - len(record.before)])
    assert put_in(new, "f.rules", FIRESTORE, rules, record) == (new, record)
    assert taken_out(new, "f.rules", record) == text


def test_a_region_is_renewed_where_it_stands() -> None:
    text = SKELETONS[FIRESTORE]
    first, record = put_in(text, "f", FIRESTORE, RULES, None)
    moved = first.replace("    // END stoker\n", "    // END stoker\n    match /mine/{id} { allow read; }\n")
    second, record = put_in(moved, "f", FIRESTORE, "match /other/{id} {\n}\n", record)
    assert second == (
        "rules_version = '2';\n\nservice cloud.firestore {\n  match /databases/{database}/documents {\n"
        "    // BEGIN stoker, renewed by `stoker update`\n    match /other/{id} {\n    }\n    // END stoker\n"
        "    match /mine/{id} { allow read; }\n  }\n}\n"
    )
    assert taken_out(second, "f", record) == text.replace("  }\n}", "    match /mine/{id} { allow read; }\n  }\n}")


def test_the_region_of_storage_stands_in_the_block_of_the_bucket() -> None:
    text = "rules_version = '2';\nservice firebase.storage {\n  match /b/{bucket}/o {\n    match /a { }\n  }\n}"
    new, record = put_in(text, "s", STORAGE, "match /b/{c} {\n}\n", None)
    assert "    match /a { }\n\n    // BEGIN stoker" in new
    assert taken_out(new, "s", record) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "rules_version = '2'; service cloud.firestore { }",
            "f.rules has no block `match /databases/{database}/documents { … }`, into which Stoker's rules belong. "
            "Add one.",
        ),
        (
            "service cloud.firestore { match /databases/{database}/documents { } }",
            "f.rules must begin with `rules_version = '2';`, for which Stoker's rules are written.",
        ),
        (
            "rules_version = '2'; service cloud.firestore { match /databases/{id}/documents { } }",
            "f.rules: the wildcard {id} has a name that Stoker's rules use for something else. Call it {database}.",
        ),
        (
            "rules_version = '2'; service cloud.firestore {\nmatch /databases/{database}/documents { # } }",
            "f.rules: Line 2: '#' is not part of the rules' language. Repair the file first.",
        ),
    ],
)
def test_a_file_that_can_hold_no_region_is_refused(text: str, message: str) -> None:
    with pytest.raises(InstallError) as refused:
        put_in(text, "f.rules", FIRESTORE, wanted(text, "f.rules", FIRESTORE, RULES), None)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("    // END stoker\n", ""),
        lambda text: text.replace("    // END stoker\n", "    // END stoker\n    // END stoker\n"),
        lambda text: text.replace("// END stoker", "// no").replace("// BEGIN stoker", "// END stoker"),
    ],
)
def test_marks_that_do_not_fit_together_are_refused(change) -> None:  # type: ignore[no-untyped-def]
    new, _ = put_in(None, "f.rules", FIRESTORE, RULES, None)
    with pytest.raises(InstallError, match=r"f.rules, line \d+.*: the marks of Stoker's region do not fit together"):
        region_of(change(new), "f.rules")
