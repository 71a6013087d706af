"""`stoker explain`: each kind of reason, the output, and input that can't be read."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stoker_tools.cli.explain import arguments, commands
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from unit.docs.pages import snippets

NOW = {"serverTimestamp": True}
TASK = {"id": "t1", "userId": "ada", "title": "Paint the door", "createdAt": NOW, "updatedAt": NOW}
JOB = {
    "id": "j1",
    "userId": "ada",
    "type": "video-processing",
    "input": {"source": "user-uploads/ada/cat.mov"},
    "status": "pending",
    "createdAt": NOW,
}
EVENT = {
    "id": "e1",
    "userId": "ada",
    "name": "video.played",
    "occurredAt": "2099-01-01T00:00:00Z",
    "createdAt": NOW,
    "rolledUp": False,
}
STORED = {**TASK, "status": "cancelled", "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"}
PROFILE = {"id": "ada", "displayName": "Ada", "role": "user", "preferences": {"theme": "dark"}}

Explain = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def explain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Explain:
    """Explains a document as ada; returns the exit code and the printed JSON."""

    def call(document: object, *options: str, old: object = None) -> tuple[int, dict[str, Any]]:
        file, stored = tmp_path / "new.json", tmp_path / "old.json"
        file.write_text(json.dumps(document))
        stored.write_text(json.dumps(old))
        update = [] if old is None else ["--update", str(stored)]
        code = commands.run(arguments.parser().parse_args([str(file), "--as", "ada", "--json", *update, *options]))
        return code, json.loads(capsys.readouterr().out)

    return call


def without(document: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}


@pytest.mark.parametrize(
    ("document", "collection"), [(TASK, "tasks"), (JOB, "processingJobs"), (EVENT, "analyticsEvents")]
)
def test_a_good_document_is_accepted_and_its_collection_recognized(
    document: dict[str, Any], collection: str, explain: Explain
) -> None:
    code, printed = explain(document)
    assert (code, printed["accepted"], printed["refused"], printed["collection"]) == (0, True, [], collection)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (without(TASK, "title") | {"tags": []}, "title: is missing"),
        (without(TASK, "updatedAt"), "updatedAt: is missing: write serverTimestamp()"),
        ({**TASK, "titel": "a"}, "titel: there is no such field"),
        ({**JOB, "ghost": 1}, "ghost: there is no such field"),
        ({**TASK, "userId": "bob"}, "userId: must be the uid of the user who has signed in, 'ada'"),
        ({**JOB, "status": "completed"}, "status: must be 'pending' in a new document"),
        ({**EVENT, "rolledUp": True}, "rolledUp: must be false in a new document"),
        (
            {**TASK, "createdAt": "2026-11-27T05:00:00Z"},
            "createdAt: must be the server's time: write serverTimestamp()",
        ),
        ({**TASK, "dueDate": "tomorrow"}, "dueDate: must be a timestamp"),
        ({**EVENT, "occurredAt": "2020-01-01T00:00:00Z"}, "occurredAt: must not be more than 30 days in the past"),
        ({**JOB, "runAfter": "2099-01-01T00:00:00Z"}, "runAfter: must not be more than 30 days in the future"),
        ({**JOB, "output": {}}, "output: only the server writes this field"),
        ({**JOB, "id": "orphan-1"}, "id: must not begin with 'orphan-': only functions write such jobs"),
        ({**TASK, "title": "x" * 201}, "title: must have at most 200 characters, and has 201"),
        ({**EVENT, "name": "job.completed"}, "name: only functions record 'job.completed': choose another name"),
        ({**JOB, "input": {"sourze": "a"}}, "input.sourze: there is no such field"),
        ({**JOB, "input": {"source": 5}}, "input.source: must be text"),
        ({**JOB, "input": {"source": "a", "trim": None}}, "input.trim: must be a map"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_wrong_document_has_exactly_one_reason(document: dict[str, Any], reason: str, explain: Explain) -> None:
    code, printed = explain(document)
    assert (code, printed["refused"]) == (ExitCode.FAILED, [reason])


def test_every_problem_of_a_document_is_named(explain: Explain) -> None:
    _, printed = explain({"userId": "bob", "title": 5, "tags": ["a\nb"], "ghost": 1, "updatedAt": NOW}, "--in", "tasks")
    assert [sentence.partition(":")[0] for sentence in printed["refused"]] == [
        *("ghost", "createdAt", "title", "tags[0]", "id", "userId"),
    ]


def test_the_field_id_repeats_the_id_of_the_document(explain: Explain) -> None:
    code, printed = explain(TASK, "--id", "t2")
    assert (code, printed["refused"]) == (1, ["id: must repeat the document's id, 't2'"])


@pytest.mark.parametrize(
    ("change", "old", "reason"),
    [
        (
            {"status": "completed", "updatedAt": NOW},
            STORED,
            "status: can't change from 'cancelled' to 'completed', only to 'todo'",
        ),
        ({"title": "a"}, STORED, "updatedAt: must be the server's time in each change: write serverTimestamp()"),
        ({"userId": "eve", "updatedAt": NOW}, STORED, "userId: can't change after the document was created"),
        ({"title": {"deleteField": True}, "updatedAt": NOW}, STORED, "title: is missing"),
        (
            {"title": "a", "updatedAt": NOW},
            {**STORED, "userId": "bob"},
            "userId: the document must belong to 'ada', and belongs to 'bob'",
        ),
        ({"role": "admin", "updatedAt": NOW}, PROFILE, "role: only the server writes this field"),
        (
            {"preferences.theme": "pink", "updatedAt": NOW},
            PROFILE,
            "preferences.theme: must be 'system', 'light' or 'dark', and is 'pink'",
        ),
        (
            {"displayName": "a", "updatedAt": NOW},
            {**PROFILE, "id": "bob"},
            "this is the profile of another user than 'ada'",
        ),
        (
            {"cancelRequested": True, "updatedAt": NOW},
            {**JOB, "status": "failed"},
            "status: the job must be 'pending' or 'processing', and is 'failed'",
        ),
        ({"updatedAt": NOW}, JOB, "cancelRequested: must be true in a change"),
        ({"value": 1}, EVENT, "no client changes an event"),
    ],
)
def test_a_wrong_change_has_exactly_one_reason(
    change: dict[str, Any], old: dict[str, Any], reason: str, explain: Explain
) -> None:
    code, printed = explain(change, old=old)
    assert (code, printed["refused"], printed["operation"]) == (ExitCode.FAILED, [reason], "update")


@pytest.mark.parametrize(
    ("change", "old"),
    [
        ({"status": "todo", "dueDate": "2030-01-01T00:00:00+02:00", "updatedAt": NOW}, STORED),
        ({"preferences.language": "de", "updatedAt": NOW}, PROFILE),
        ({"preferences.theme": {"deleteField": True}, "updatedAt": NOW}, PROFILE),
        ({"cancelRequested": True, "updatedAt": NOW}, JOB),
    ],
)
def test_a_good_change_is_accepted(change: dict[str, Any], old: dict[str, Any], explain: Explain) -> None:
    code, printed = explain(change, old=old)
    assert (code, printed["refused"]) == (0, [])


@pytest.mark.parametrize(
    ("collection", "reason"),
    [
        ("users", "the server makes the profile at the sign-up: call ensureProfile if it is missing"),
        ("analyticsAggregates", "only functions write aggregates"),
        ("adminData", "only a user with the role 'admin' writes settings: scripts/roles gives roles"),
    ],
)
def test_collections_that_clients_do_not_write(collection: str, reason: str, explain: Explain) -> None:
    assert explain(TASK, "--in", collection)[1]["refused"] == [reason]


def test_conditions_that_are_not_in_the_document_are_named(explain: Explain) -> None:
    _, printed = explain({**TASK, "projectId": "p"})
    assert printed["unseen"] == [
        "projectId: there is a project 'p', and it belongs to 'ada'",
        "the account is not being deleted, and was not deleted",
    ]


def test_problems_that_only_functions_see_are_no_refusals(explain: Explain) -> None:
    code, printed = explain({**JOB, "input": {"source": "a", "outputs": [{"kind": "mp3"}]}})
    assert (code, printed["refused"]) == (0, [])
    assert printed["failing"][0].startswith("input.outputs[0]: 'mp3' is not one of 'mp4'")
    code, printed = explain({**TASK, "subtasks": [{"name": "a"}]})
    assert (code, printed["failing"]) == (
        0,
        ["subtasks[0].title: is missing", "subtasks[0].name: there is no such field"],
    )


def test_the_output_at_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "task.json"
    file.write_text(json.dumps({**without(TASK, "title"), "\x1b[2J": 1}))
    assert commands.run(arguments.parser().parse_args([str(file), "--as", "ada", "--in", "tasks"])) == 1
    assert capsys.readouterr().out == (
        "The rules would refuse that ada creates tasks/t1:\n"
        "- �[2J: there is no such field\n"
        "- title: is missing\n"
        "The rules also require this, which the file does not show:\n"
        "- the account is not being deleted, and was not deleted\n"
    )


def test_the_example_on_the_page_is_explained_as_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = Path("docs/refused.md")
    document = next(snippet.code for snippet in snippets("json") if snippet.page == page)
    shown = next(snippet.code for snippet in snippets("console") if snippet.page == page)
    file = tmp_path / "task.json"
    file.write_text(document)
    assert commands.run(arguments.parser().parse_args([str(file), "--as", "ada"])) == 1
    assert f"$ scripts/explain task.json --as ada\n{capsys.readouterr().out}" == shown


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"{", "is not JSON: Expecting property name"),
        (b"[1]", "can't be read: it must hold the fields of a document"),
        (b"\xff", "can't be read: it is not text in UTF-8"),
        (b'{"value": NaN}', "can't be read: NaN is not a number in JSON"),
        (b'{"a": ' + b"[" * 100_000, "can't be read: it is nested too deeply"),
        (b'{"a": ' + b"[" * 25 + b"]" * 25 + b"}", "it has more than 20 levels"),
        (b'{"a": {"timestamp": "tomorrow"}}', "'tomorrow' is no timestamp such as"),
        (b'{"title": {"deleteField": true}}', "name the stored document with --update"),
        (b"{}", "fit no collection: name the collection with --in"),
        (b'{"id": "a", "userId": "ada"}', "fit tasks and projects equally well: name the collection with --in"),
    ],
    ids=lambda value: "" if isinstance(value, bytes) else None,
)
def test_a_file_that_holds_no_document(text: bytes, message: str, tmp_path: Path) -> None:
    file = tmp_path / "task.json"
    file.write_bytes(text)
    with pytest.raises(CommandError, match=r"\w") as refused:
        commands.run(arguments.parser().parse_args([str(file), "--as", "ada"]))
    assert message in str(refused.value)
    assert refused.value.exit_code == ExitCode.USAGE


def test_a_missing_file_and_an_unknown_collection(tmp_path: Path, explain: Explain) -> None:
    with pytest.raises(CommandError, match=r"none\.json can't be read: No such file or directory") as missing:
        commands.run(arguments.parser().parse_args([str(tmp_path / "none.json"), "--as", "ada"]))
    assert missing.value.exit_code == ExitCode.NOTHING_THERE
    with pytest.raises(CommandError, match="There is no collection 'task': name one of users, ") as refused:
        explain(TASK, "--in", "task")
    assert refused.value.exit_code == ExitCode.USAGE


def test_numbers_are_read_as_javascript_writes_them(explain: Explain) -> None:
    assert explain({**TASK, "estimatedDuration": 5.0})[0] == 0
    assert explain({**TASK, "estimatedDuration": 5.5})[0] == 1
    assert explain({**EVENT, "value": 10**4000})[1]["refused"] == ["value: must be a finite number"]


@pytest.mark.parametrize(
    "change",
    [{".".join(["a"] * 21): 1}, {".".join(["a"] * 1001): 1}, {".".join(["a"] * 18): {"b": {"c": {"d": 1}}}}],
    ids=["21 levels", "1,001 levels", "18 levels and 3 more"],
)
def test_a_change_with_too_many_levels_is_refused_in_a_sentence(change: dict[str, Any], explain: Explain) -> None:
    with pytest.raises(CommandError, match=r"of 'a\.a\..*' can't be written: it has more than 20 levels") as refused:
        explain(change, "--in", "tasks", old=STORED)
    assert refused.value.exit_code == ExitCode.USAGE


def test_a_change_may_remove_a_place_that_is_too_deep(explain: Explain) -> None:
    assert explain({".".join(["a"] * 1001): {"deleteField": True}}, "--in", "tasks", old=STORED)[0] in (0, 1)
