"""The owners of profiles, documents and files, a page at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from stoker import config
from stoker.firestore.deadline import patience
from stoker.queries import declared
from stoker.storage import client as storage
from stoker.storage.usage import FOLDERS

PAGE = 100
"""Owners in a page: as many accounts as Firebase Auth looks up at once."""


@dataclass(frozen=True)
class OwnersPage:
    """Some owners.

    Attributes:
        uids: The owners.
        after: The uid behind which the next page begins; None if this page is the last one.
    """

    uids: list[str]
    after: str | None


@dataclass(frozen=True)
class OwnerSource:
    """A place where owners are named.

    Attributes:
        name: A collection or a folder.
        page: Returns the page behind a uid; an empty uid stands for the beginning.
    """

    name: str
    page: Callable[[str], OwnersPage]


def sources() -> list[OwnerSource]:
    """Return all places where owners are named, in a fixed order."""
    return [
        OwnerSource(config.USERS, _with_profile),
        *(OwnerSource(collection, partial(_of_documents, collection)) for collection in declared.with_owners()),
        *(OwnerSource(folder, partial(_of_files, folder)) for folder in FOLDERS),
    ]


def _with_profile(after: str) -> OwnersPage:
    """Return users who have a profile: one read for each. A provisional profile may come before its account."""
    query = declared.profiles().select(["provisional"]).limit(PAGE)
    found = list((query.start_after({"__name__": after}) if after else query).get(**patience(reads=True)))
    uids = [one.id for one in found if not (one.to_dict() or {}).get("provisional")]
    return OwnersPage(uids, found[-1].id if len(found) == PAGE else None)


def _of_documents(collection: str, after: str) -> OwnersPage:
    """Return the owners of a collection's documents: one read for each, however many documents an owner has."""
    uids: list[str] = []
    while len(uids) < PAGE:
        found = list(declared.next_owner(collection, after).select(["userId"]).get(**patience(reads=True)))
        if not found:
            return OwnersPage(uids, None)
        after = found[0].get("userId")
        uids.append(after)
    return OwnersPage(uids, after)


def _of_files(folder: str, after: str) -> OwnersPage:
    """Return the owners of a folder's files: one call for a thousand of them."""
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
            if found > last:  # The Storage emulator ignores where to begin.
                yield found.removeprefix(f"{folder}/").removesuffix("/")
