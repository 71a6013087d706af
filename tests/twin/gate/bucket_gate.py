"""Cloud Storage: a bucket in memory, with the limits that its emulator lacks.

Source: https://cloud.google.com/storage/docs/json_api/v1/objects, and for the permissions
https://cloud.google.com/storage/docs/access-control/iam-json
"""

import itertools
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

from twin.gate.cors import Rule, cors_headers
from twin.gate.functions_account import FunctionsAccount
from twin.gate.http_calls import Answer, Call, answered, denied, refused
from twin.gate.stored_object import HOST, SETTABLE, StoredObject

MOST_COMPOSED = 32
"""The most objects of one `compose`. Source: https://cloud.google.com/storage/quotas#objects"""

PAGE = 1000
"""The most objects of a page of a list."""

KNOWN_PARAMETERS = frozenset(
    ("alt", "fields", "generation", "name", "pageToken", "prefix", "prettyPrint", "projection", "startOffset")
) | {"uploadType", "upload_id"}
"""The parameters that Stoker's calls have. A call with any other parameter is unknown."""

Refusal = Answer | None


class Bucket:
    """The bucket.

    Args:
        name: The bucket's name.
        account: The account of the functions.

    Attributes:
        name: The bucket's name.
        objects: The objects, by name.
        cors: The CORS of the bucket.
        is_retained: Whether a retention policy keeps all objects for a year.
    """

    def __init__(self, name: str, account: FunctionsAccount) -> None:
        self.name = name
        self.objects: dict[str, StoredObject] = {}
        self.cors: list[Rule] = []
        self.is_retained = False
        self._account = account
        self._numbers = itertools.count(1)
        self._uploads: dict[str, tuple[str, dict[str, Any], bytearray]] = {}

    def put(self, name: str, content: bytes, **fields: Any) -> StoredObject:
        """Store an object, as the app or a call does."""
        stored = StoredObject(self.name, name, content, next(self._numbers), fields)
        self.objects[name] = stored
        return stored

    def __call__(self, call: Call) -> Answer | None:
        """Answer a call."""
        answer = Answer(200) if call.method == "OPTIONS" else self._answer(call)
        if answer is None:
            return None
        return Answer(
            answer.status, answer.body, {**answer.headers, **cors_headers(self.cors, call.method, call.headers)}
        )

    def _answer(self, call: Call) -> Answer | None:
        if not call.query.keys() <= KNOWN_PARAMETERS:
            return None
        objects = f"/storage/v1/b/{self.name}/o"
        if call.path == f"/upload{objects}":
            return self._upload(call)
        if call.path == objects:
            return self._list(call.query) if call.method == "GET" else None
        found = re.fullmatch(rf"(/download)?{re.escape(objects)}/([^/]+)(/compose)?", call.path)
        if found is None:
            return None
        name = unquote(found[2])
        match call.method, found[3]:
            case "GET", None:
                return self._get(name, call)
            case "POST", "/compose":
                return self._compose(name, call.json())
            case "PATCH", None:
                return self._patch(name, call.json())
            case "DELETE", None:
                return self._lacks("Delete", name, "delete") or self._delete(name)
        return None

    # --- Reading ---------------------------------------------------------------------------------

    def _get(self, name: str, call: Call) -> Answer:
        if refusal := self._lacks("Get", name, "get"):
            return refusal
        stored = self.objects.get(name)
        if stored is None:
            # An account that may not list objects may not learn either that an object does not exist.
            return self._lacks("Get", name, "list") or self._absent(name)
        if call.query.get("generation", str(stored.generation)) != str(stored.generation):
            return self._absent(name)
        if call.query.get("alt") == "media":
            return stored.media(call.headers.get("range"))
        return answered(stored.resource())

    def _list(self, query: Mapping[str, str]) -> Answer:
        if refusal := self._lacks("List", "", "list"):
            return refusal
        first = max(query.get("pageToken", ""), query.get("startOffset", ""))
        names = sorted(name for name in self.objects if name.startswith(query.get("prefix", "")) and name >= first)
        page = {"nextPageToken": names[PAGE]} if len(names) > PAGE else {}
        return answered({"items": [self.objects[name].resource() for name in names[:PAGE]], **page})

    # --- Writing ---------------------------------------------------------------------------------

    def _upload(self, call: Call) -> Answer | None:
        query = call.query
        match call.method, query.get("uploadType"):
            case "POST", "multipart":
                _, head, rest = call.body.split(b"\r\n\r\n", 2)
                described = json.loads(head.rpartition(b"\r\n--")[0])
                kind = re.search(rb"content-type: ([^\r]+)", head.rpartition(b"\r\n--")[2])
                content_type = {"contentType": kind[1].decode()} if kind else {}
                content = rest.rpartition(b"\r\n--")[0]
                return self._insert(str(described["name"]), {**content_type, **described}, content)
            case "POST", "resumable":
                described = json.loads(call.body or b"{}")
                name = str(described.get("name") or query["name"])
                if refusal := self._lacks_for_writing("Insert", name):
                    return refusal
                upload = f"upload-{next(self._numbers)}"
                content_type = {"contentType": call.headers.get("x-upload-content-type", "application/octet-stream")}
                self._uploads[upload] = name, {**content_type, **described}, bytearray()
                place = f"/upload/storage/v1/b/{self.name}/o?uploadType=resumable&upload_id={upload}"
                return answered({}, headers={"Location": f"https://{HOST}{place}"})
            case "PUT", "resumable" if query.get("upload_id") in self._uploads:
                return self._part(query["upload_id"], call)
            case "DELETE", "resumable":
                # The client library (3.17.1) ends an upload by the address where it began, which names no upload.
                # So Cloud Storage keeps the parts for a week, and the object never exists.
                return refused(404, "NOT_FOUND", "Not Found")
        return None

    def _part(self, upload: str, call: Call) -> Answer:
        name, described, content = self._uploads[upload]
        content += call.body
        if call.headers["content-range"].rpartition("/")[2] != str(len(content)):
            return Answer(308, headers={"Range": f"bytes=0-{len(content) - 1}"} if content else {})
        del self._uploads[upload]
        return self._insert(name, described, bytes(content))

    def _insert(self, name: str, described: Mapping[str, Any], content: bytes) -> Answer:
        if refusal := self._lacks_for_writing("Insert", name):
            return refusal
        if name in self.objects and self.is_retained:
            return self._kept(name)
        fields = {field: described[field] for field in SETTABLE if field in described}
        expected = described.get("crc32c")
        if expected not in (None, StoredObject(self.name, name, content, 0).crc32c):
            return refused(400, "INVALID_ARGUMENT", "Provided CRC32C doesn't match calculated CRC32C.")
        return answered(self.put(name, content, **fields).resource())

    def _compose(self, name: str, order: Mapping[str, Any]) -> Answer:
        sources = [str(source["name"]) for source in order["sourceObjects"]]
        for source in sources:
            if refusal := self._lacks("Compose", source, "get"):
                return refusal
        if refusal := self._lacks_for_writing("Compose", name):
            return refusal
        if len(sources) > MOST_COMPOSED:
            return refused(
                400,
                "INVALID_ARGUMENT",
                f"The number of source components provided ({len(sources)}) exceeds the maximum ({MOST_COMPOSED})",
            )
        if absent := next((source for source in sources if source not in self.objects), None):
            return self._absent(absent)
        content = b"".join(self.objects[source].content for source in sources)
        return self._insert(name, order.get("destination", {}), content)

    def _patch(self, name: str, changes: Mapping[str, Any]) -> Answer | None:
        if not changes.keys() <= set(SETTABLE):
            return None
        if refusal := self._lacks("Patch", name, "get", "update"):
            return refusal
        stored = self.objects.get(name)
        if stored is None:
            return self._absent(name)
        changed = StoredObject(self.name, name, stored.content, stored.generation, {**stored.fields, **changes})
        self.objects[name] = changed
        return answered(changed.resource())

    def _delete(self, name: str) -> Answer:
        if name in self.objects and self.is_retained:
            return self._kept(name)
        return Answer(204) if self.objects.pop(name, None) else self._absent(name)

    # --- Refusals --------------------------------------------------------------------------------

    def _lacks_for_writing(self, call: str, name: str) -> Refusal:
        """Return the refusal of a write. Replacing an object needs the right to delete it."""
        return self._lacks(call, name, "create", *(("delete",) if name in self.objects else ()))

    def _lacks(self, call: str, name: str, *actions: str) -> Refusal:
        lacking = self._account.lacking(f"Storage.{call}", (f"storage.objects.{action}" for action in actions))
        if lacking is None:
            return None
        what = "object" if name else "bucket"
        return denied(
            f"{self._account.email} does not have {lacking} access to the Google Cloud Storage {what}. Permission "
            f"'{lacking}' denied on resource (or it may not exist)."
        )

    def _kept(self, name: str) -> Answer:
        # Source: https://cloud.google.com/storage/docs/json_api/v1/status-codes (retentionPolicyNotMet)
        until = datetime.now(UTC) + timedelta(days=365)
        return refused(
            403,
            "PERMISSION_DENIED",
            f"Object '{self.name}/{name}' is subject to bucket's retention policy or object retention and cannot be "
            f"deleted or overwritten until {until.isoformat()}",
        )

    def _absent(self, name: str) -> Answer:
        return refused(404, "NOT_FOUND", f"No such object: {self.name}/{name}")
