"""A count of the documents that a process reads and writes."""

from collections.abc import Iterator, Sequence
from typing import Any

from google.cloud.firestore_v1.types import Write

from stoker import config
from stoker_tools.costs.operations import Operations

SETTINGS = f"/{config.ADMIN_DATA}/{config.JOB_SETTINGS}"


class Meter:
    """A proxy of Firestore's API that counts the billed documents of each call.

    A query or a look-up that finds nothing counts one read, and so does an aggregation (up to a thousand entries). The
    settings are counted apart: a worker reads them every 15 seconds, whatever jobs do.
    Source: https://firebase.google.com/docs/firestore/pricing#operations
    """

    def __init__(self, api: Any) -> None:
        self._api = api
        self.reads = 0
        self.writes = 0
        self.deletes = 0
        self.settings = 0

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"The meter does not know what {name} costs.")

    def commit(self, request: Any, **options: Any) -> Any:
        self._count(request["writes"])
        return self._api.commit(request=request, **options)

    def batch_write(self, request: Any, **options: Any) -> Any:
        self._count(request["writes"])
        return self._api.batch_write(request=request, **options)

    def get_document(self, request: Any, **options: Any) -> Any:
        self.reads += 1
        return self._api.get_document(request=request, **options)

    def batch_get_documents(self, request: Any, **options: Any) -> Any:
        settings = sum(name.endswith(SETTINGS) for name in request["documents"])
        self.settings += settings
        self.reads += len(request["documents"]) - settings
        return self._api.batch_get_documents(request=request, **options)

    def run_query(self, request: Any, **options: Any) -> Iterator[Any]:
        answers = list(self._api.run_query(request=request, **options))
        self.reads += max(1, sum("document" in answer for answer in answers))
        return iter(answers)

    def run_aggregation_query(self, request: Any, **options: Any) -> Any:
        self.reads += 1
        return self._api.run_aggregation_query(request=request, **options)

    def _count(self, writes: Sequence[Any]) -> None:
        deletes = sum(Write.pb(Write(write)).WhichOneof("operation") == "delete" for write in writes)
        self.deletes += deletes
        self.writes += len(writes) - deletes

    def forget(self) -> None:
        self.reads = self.writes = self.deletes = self.settings = 0

    @property
    def counted(self) -> Operations:
        """The operations since `forget`."""
        return Operations(self.reads, self.writes, self.deletes)
