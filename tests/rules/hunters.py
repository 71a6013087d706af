"""Where mutated rules are tried: projects of the emulator for documents, the one bucket for files."""

from pathlib import Path

from rules.case import Case
from rules.documents import documents
from rules.storage_cases import OBJECTS, StorageCase
from stoker_tools.rules_lab.firestore import FirestoreEmulator, Get, Query
from stoker_tools.rules_lab.identities import Tokens
from stoker_tools.rules_lab.storage import Browse, Download, StorageEmulator


class FirestoreHunter:
    """A project with documents of its own.

    Args:
        project: The project, of which all is this one's.
        tokens: Of everyone who asks.
    """

    def __init__(self, project: FirestoreEmulator, tokens: Tokens) -> None:
        self.project = project
        self._tokens = tokens
        self._documents = documents()
        project.put(self._documents)

    def load(self, rules: str) -> None:
        """Puts rules there."""
        self.project.load(rules)

    def allows(self, case: Case) -> bool:
        """Asks the rules, and undoes what has been changed."""
        allowed = self.project.allows(case.request, self._tokens[case.who])
        if allowed and not isinstance(case.request, Get | Query):
            path, there = case.request.path, self._documents
            self.project.put({path: there[path]} if path in there else {}, [] if path in there else [path])
        return allowed


class StorageHunter:
    """The emulator's files, whose rules are those of all buckets: there can be one such place only.

    Args:
        files: The emulator.
        tokens: Of everyone who asks.
        rules: The path of the rules' file, which the emulator goes on to watch.
    """

    def __init__(self, files: StorageEmulator, tokens: Tokens, rules: Path) -> None:
        self.files = files
        self._tokens = tokens
        self._rules = rules
        for path in OBJECTS:
            files.put(path)

    def load(self, rules: str) -> None:
        """Puts rules there."""
        self.files.load(rules, str(self._rules))

    def allows(self, case: StorageCase) -> bool:
        """Asks the rules, and undoes what has been changed."""
        allowed = self.files.allows(case.request, self._tokens[case.who])
        path = case.request.path
        if allowed and not isinstance(case.request, Download | Browse):
            if path in OBJECTS:
                self.files.put(path)
            else:
                self.files.remove(path)
        return allowed
