"""Requests to the Firestore emulator over REST. The rules apply to them, because they carry a client's token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from stoker_tools.rules_lab.errors import NoVerdict, RulesError
from stoker_tools.rules_lab.values import NOW, Value, encoded

Documents = Mapping[str, Mapping[str, Any]]
"""Fields of documents, by their paths, such as `tasks/first`."""


@dataclass(frozen=True)
class Create:
    """Create a document.

    Attributes:
        path: The path of the document, such as `tasks/first`. No document is there.
        fields: Its fields. The value `NOW` stands for the server's time.
    """

    path: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Update:
    """Change fields of a document.

    Attributes:
        path: The path of the document.
        fields: The fields to write, by their names.
        removed: The names of the fields to remove.
    """

    path: str
    fields: Mapping[str, Any]
    removed: Sequence[str] = ()


@dataclass(frozen=True)
class Delete:
    """Delete a document."""

    path: str


@dataclass(frozen=True)
class Get:
    """Read a document."""

    path: str


@dataclass(frozen=True)
class Query:
    """Read documents of a collection.

    Attributes:
        collection: The path of the collection. If `group` is true, its name alone.
        limit: The most documents that are read; None for no limit.
        equal: The values that fields must have, by the names of the fields.
        group: True if the query reads all collections of that name.
    """

    collection: str
    limit: int | None = 10
    equal: Mapping[str, Any] = field(default_factory=dict)
    group: bool = False


Request = Create | Update | Delete | Get | Query


class FirestoreEmulator:
    """A project of the emulator, with its own rules and documents. Threads may share it.

    Args:
        host: The address of the emulator, as host:port.
        project: The project's id.
    """

    def __init__(self, host: str, project: str) -> None:
        self._client = httpx.Client(base_url=f"http://{host}", timeout=120)
        self._rules = f"/emulator/v1/projects/{project}"
        self._name = f"projects/{project}/databases/(default)/documents"

    def load(self, rules: str) -> None:
        """Load rules into the project.

        Raises:
            RulesError: The rules don't compile.
        """
        files = [{"name": "firestore.rules", "content": rules}]
        answer = self._client.put(f"{self._rules}:securityRules", json={"rules": {"files": files}})
        if answer.status_code != 200 or "ERROR" in answer.text:
            raise RulesError(f"The emulator refused the rules: {answer.text}")

    def allows(self, request: Request, token: str | None) -> bool:
        """Send a request, and return whether the rules allow it. An allowed request is carried out.

        Args:
            request: The request.
            token: An ID token; None for a client that is not signed in.

        Raises:
            NoVerdict: The emulator neither allowed nor refused the request.
        """
        answer = self._ask(request, {"Authorization": f"Bearer {token}"} if token else {})
        # 404 is an allowed read of a missing document. A refused query has the status 403 too, though its error is an
        # item of its answer.
        if answer.status_code in (200, 404):
            return True
        if answer.status_code == 403:
            return False
        raise NoVerdict(f"{request!s:.300}: {answer.status_code} {answer.text[:500]}")

    def put(self, documents: Documents, removed: Sequence[str] = ()) -> None:
        """Write and delete documents in one commit, without the rules.

        Args:
            documents: The documents to write.
            removed: The paths of the documents to delete.
        """
        writes = [self._write(path, fields) for path, fields in documents.items()]
        writes += [{"delete": f"{self._name}/{path}"} for path in removed]
        self._commit(writes, {"Authorization": "Bearer owner"}).raise_for_status()

    def close(self) -> None:
        """Close the connections to the emulator."""
        self._client.close()

    def clear(self) -> None:
        """Delete all documents of the project."""
        self._client.delete(f"/emulator/v1/{self._name}").raise_for_status()

    def coverage(self) -> list[dict[str, Any]]:
        """Return the results of all conditions since the rules were loaded: a tree of expressions for each."""
        answer = self._client.get(f"{self._rules}:ruleCoverage")
        answer.raise_for_status()
        report: list[dict[str, Any]] = answer.json()["report"]
        return report

    def _ask(self, request: Request, headers: Mapping[str, str]) -> httpx.Response:
        match request:
            case Create(path, fields):
                return self._commit([{**self._write(path, fields), "currentDocument": {"exists": False}}], headers)
            case Update(path, fields, removed):
                mask = [name for name, value in fields.items() if value is not NOW] + list(removed)
                write = {**self._write(path, fields), "updateMask": {"fieldPaths": [f"`{name}`" for name in mask]}}
                return self._commit([{**write, "currentDocument": {"exists": True}}], headers)
            case Delete(path):
                return self._commit([{"delete": f"{self._name}/{path}"}], headers)
            case Get(path):
                return self._client.get(f"/v1/{self._name}/{path}", headers=headers)
            case Query():
                return self._query(request, headers)

    def _write(self, path: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        stored: dict[str, Value] = {name: encoded(value) for name, value in fields.items() if value is not NOW}
        times = [name for name, value in fields.items() if value is NOW]
        return {
            "update": {"name": f"{self._name}/{path}", "fields": stored},
            "updateTransforms": [{"fieldPath": name, "setToServerValue": "REQUEST_TIME"} for name in times],
        }

    def _commit(self, writes: Sequence[dict[str, Any]], headers: Mapping[str, str]) -> httpx.Response:
        return self._client.post(f"/v1/{self._name}:commit", json={"writes": writes}, headers=headers)

    def _query(self, query: Query, headers: Mapping[str, str]) -> httpx.Response:
        filters = [
            {"fieldFilter": {"field": {"fieldPath": name}, "op": "EQUAL", "value": encoded(value)}}
            for name, value in query.equal.items()
        ]
        parent, _, collection = query.collection.rpartition("/")
        structured: dict[str, Any] = {"from": [{"collectionId": collection, "allDescendants": query.group}]}
        if filters:
            structured["where"] = {"compositeFilter": {"op": "AND", "filters": filters}}
        if query.limit is not None:
            structured["limit"] = query.limit
        place = f"{self._name}/{parent}" if parent else self._name
        return self._client.post(f"/v1/{place}:runQuery", json={"structuredQuery": structured}, headers=headers)
