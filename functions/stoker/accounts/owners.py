"""The owners of profiles, documents and files, read page by page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from stoker import config
from stoker.firestore.deadline import patience
from stoker.queries import declared
from stoker.storage import client as storage
from stoker.storage.usage import FOLDERS

PAGE = 100
"""The most owners in a page: the number of accounts that Firebase Auth looks up at once."""


@dataclass(frozen=True)
class OwnersPage:
    """A page of owners.

    Attributes:
        uids: The uids of the owners.
        after: The uid after which the next page begins; None if this page is the last page.
    """

    uids: list[str]
    after: str | None


@dataclass(frozen=True)
class OwnerSource:
    """A collection or a folder from which owners are read.

    Attributes:
        name: The name of the collection or the folder.
        page: Returns the page after a uid. An empty uid stands for the beginning.
    """

    name: str
    page: Callable[[str], OwnersPage]


def sources() -> list[OwnerSource]:
    """Return all sources of owners, in a fixed order."""
    return [
        OwnerSource(config.USERS, _with_profile),
        *(OwnerSource(collection, partial(_of_documents, collection)) for collection in declared.with_owners()),
        *(OwnerSource(folder, partial(_of_files, folder)) for folder in FOLDERS),
    ]


def _with_profile(after: str) -> OwnersPage:
    """Return users with a profile, at one read for each. Provisional profiles are left out, because their account may
    not exist yet."""
    query = declared.profiles().select(["provisional"]).limit(PAGE)
    found = list((query.start_after({"__name__": after}) if after else query).get(**patience(reads=True)))
    uids = [one.id for one in found if not (one.to_dict() or {}).get("provisional")]
    return OwnersPage(uids, found[-1].id if len(found) == PAGE else None)


def _of_documents(collection: str, after: str) -> OwnersPage:
    """Return the owners of a collection's documents, at one read for each owner, however many documents it has."""
    uids: list[str] = []
    while len(uids) < PAGE:
        found = list(declared.next_owner(collection, after).select(["userId"]).get(**patience(reads=True)))
        if not found:
            return OwnersPage(uids, None)
        after = found[0].get("userId")
        uids.append(after)
    return OwnersPage(uids, after)


def _of_files(folder: str, after: str) -> OwnersPage:
    """Return the owners of a folder's files, at one call for a thousand owners."""
    uids: list[str] = []
    for uid in _below(folder, after):
        if len(uids) == PAGE:
            return OwnersPage(uids, uids[-1])
        uids.append(uid)
    return OwnersPage(uids, None)


def _below(folder: str, after: str) -> Iterator[str]:
    # Folders are sorted with their slash: `a-b/` comes before `a/`.
    last = f"{folder}/{after}/" if after else f"{folder}/"
    for page in (
        storage.bucket().list_blobs(prefix=f"{folder}/", delimiter="/", start_offset=last, **storage.patience()).pages
    ):
        for found in sorted(page.prefixes):
            if found > last:  # The Storage emulator ignores `start_offset`.
                yield found.removeprefix(f"{folder}/").removesuffix("/")
