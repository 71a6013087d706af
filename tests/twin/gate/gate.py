"""All services of a project behind the gate."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from twin.gate.account_calls import Accounts
from twin.gate.bucket_gate import Bucket
from twin.gate.firestore_gate import opened_firestore
from twin.gate.functions_account import FunctionsAccount
from twin.gate.http_gate import HttpGate, opened_http
from twin.gate.metadata_server import HOSTS, MetadataServer
from twin.gate.speech_calls import Speech
from twin.gate.stored_object import HOST as STORAGE
from twin.gate.task_queues_gate import TaskQueues


@dataclass(frozen=True)
class Gate:
    """The gate.

    Attributes:
        project: The project's id.
        account: The account of the functions. Take roles away from it.
        bucket, queues, speech: The services that are twins in memory.
        http: The address for calls by HTTP.
        accounts: The address of the Auth emulator itself, for a test that makes accounts as an admin does.
        firestore: The address of Firestore, as `host:port`.
    """

    project: str
    account: FunctionsAccount
    bucket: Bucket
    queues: TaskQueues
    speech: Speech
    http: str
    accounts: str
    firestore: str


@contextmanager
def opened(project: str, firestore: str, accounts: str) -> Iterator[Gate]:
    """Run the gate during the block.

    Args:
        project: The project's id.
        firestore: The Firestore emulator, as `host:port`.
        accounts: The Auth emulator, as `host:port`.
    """
    account = FunctionsAccount(project)
    bucket, queues = Bucket(f"{project}.firebasestorage.app", account), TaskQueues(account)
    speech, metadata = Speech(project), MetadataServer(project, account)
    http = HttpGate(
        account,
        {
            STORAGE: bucket,
            "cloudtasks.googleapis.com": queues,
            "identitytoolkit.googleapis.com": Accounts(account, accounts),
            "texttospeech.googleapis.com": speech,
            **dict.fromkeys(HOSTS, metadata),
        },
    )
    with opened_http(http) as address, opened_firestore(account, firestore) as firestore_address:
        emulator = f"http://{accounts}/identitytoolkit.googleapis.com"
        yield Gate(project, account, bucket, queues, speech, address, emulator, firestore_address)
