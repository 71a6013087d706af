"""Carrying out of `stoker explain`."""

import argparse
import json
from collections.abc import Sequence

from stoker_tools.cli.text import clean
from stoker_tools.errors import CommandError
from stoker_tools.exit_codes import ExitCode
from stoker_tools.explain.explanation import Explanation, Write, collections, explained, models
from stoker_tools.explain.reading import Read, merged, read_document, with_times
from stoker_tools.explain.recognition import collection_of


def run(options: argparse.Namespace) -> int:
    """Explain a write, and print the explanation.

    Args:
        options: The options that `arguments.parser` has read.

    Returns:
        The exit code.

    Raises:
        CommandError: A file can't be read, or the collection is not known.
    """
    given = read_document(options.file)
    old = None if options.update is None else read_document(options.update)
    if old is None and given.removed:
        raise CommandError(
            'Only a change may have {"deleteField": true}: name the stored document with --update.', ExitCode.USAGE
        )
    write = _write(options, given, old)
    explanation = explained(write)
    if options.json:
        print(json.dumps(_as_json(write, explanation), indent=2))
    else:
        _show(write, explanation)
    return ExitCode.FAILED if explanation.refused else ExitCode.DONE


def _write(options: argparse.Namespace, given: Read, old: Read | None) -> Write:
    before = None if old is None else old.fields
    change = given if before is None else merged(before, given)
    collection = options.collection or collection_of({*change.fields, *(before or {})})
    if collection not in collections():
        raise CommandError(
            f"There is no collection {collection!r}: name one of {', '.join(collections())}.", ExitCode.USAGE
        )
    fields = change.fields
    if model := models().get(collection):
        fields = with_times(model, fields)
        before = None if before is None else with_times(model, before)
    return Write(collection, options.id, options.user, fields, before, change.removed)


def _as_json(write: Write, explanation: Explanation) -> dict[str, object]:
    return {
        "collection": write.collection,
        "id": _id(write),
        "user": write.user_id,
        "operation": "create" if write.before is None else "update",
        "accepted": not explanation.refused,
        "refused": explanation.refused,
        "unseen": explanation.unseen,
        "failing": explanation.failing,
    }


def _show(write: Write, explanation: Explanation) -> None:
    verb = "creates" if write.before is None else "changes"
    document_id = _id(write)
    document = f"a document of {write.collection}" if document_id is None else f"{write.collection}/{document_id}"
    decision, end = ("refuse", ":") if explanation.refused else ("accept", ".")
    print(clean(f"The rules would {decision} that {write.user_id} {verb} {document}{end}"))
    _list(explanation.refused)
    if explanation.unseen:
        print("The rules also require this, which the file does not show:")
        _list(explanation.unseen)
    if explanation.failing:
        print("The rules do not see these problems, but the functions will not use such a document:")
        _list(explanation.failing)


def _list(sentences: Sequence[str]) -> None:
    for sentence in sentences:
        print(f"- {clean(sentence)}")


def _id(write: Write) -> str | None:
    named = write.document_id or write.fields.get("id") or (write.before or {}).get("id")
    return named if isinstance(named, str) else None
