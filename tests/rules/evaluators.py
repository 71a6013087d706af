"""Evaluators of mutated rules: projects of the Firestore emulator, and a bucket of the Storage emulator."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rules.case import Case
from rules.documents import documents
from rules.storage_cases import OBJECTS, StorageCase
from stoker_tools.rules_lab.firestore import FirestoreEmulator, Get, Query
from stoker_tools.rules_lab.identities import Tokens
from stoker_tools.rules_lab.storage import Browse, Download, StorageEmulator


class FirestoreEvaluator:
    """A project of the Firestore emulator, with its own documents.

    Args:
        project: The project. Nothing else uses it.
        tokens: The tokens of the users who send requests.
        own: Documents besides those of Stoker's collections, by their paths.
    """

    def __init__(
        self, project: FirestoreEmulator, tokens: Tokens, own: Mapping[str, dict[str, Any]] | None = None
    ) -> None:
        self.project = project
        self._tokens = tokens
        self._documents = documents() | dict(own or {})
        project.put(self._documents)

    def load(self, rules: str) -> None:
        """Load rules."""
        self.project.load(rules)

    def allows(self, case: Case) -> bool:
        """Send a case's request, undo its change, and return whether the rules allowed it."""
        allowed = self.project.allows(case.request, self._tokens[case.who])
        if allowed and not isinstance(case.request, Get | Query):
            path, there = case.request.path, self._documents
            self.project.put({path: there[path]} if path in there else {}, [] if path in there else [path])
        return allowed


class StorageEvaluator:
    """The Storage emulator. All buckets share one set of rules, so there can be one such evaluator only.

    Args:
        files: The emulator.
        tokens: The tokens of the users who send requests.
        rules: The path of the file of rules. The emulator watches this file.
    """

    def __init__(self, files: StorageEmulator, tokens: Tokens, rules: Path) -> None:
        self.files = files
        self._tokens = tokens
        self._rules = rules
        for path in OBJECTS:
            files.put(path)

    def load(self, rules: str) -> None:
        """Load rules."""
        self.files.load(rules, str(self._rules))

    def allows(self, case: StorageCase) -> bool:
        """Send a case's request, undo its change, and return whether the rules allowed it."""
        allowed = self.files.allows(case.request, self._tokens[case.who])
        path = case.request.path
        if allowed and not isinstance(case.request, Download | Browse):
            if path in OBJECTS:
                self.files.put(path)
            else:
                self.files.remove(path)
        return allowed
