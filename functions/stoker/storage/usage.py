"""What a user stores: the bytes of the user's files."""

from itertools import islice

from stoker.storage.client import bucket, patience

MOST_OBJECTS = 10_000
"""Files of a user that are counted, of uploads and of outputs each: 20 calls together, a few seconds."""

FOLDERS = ("user-uploads", "job-outputs")
"""The folders that hold a folder for each user."""


def stored_bytes(user_id: str) -> int:
    """Return how many bytes a user stores: one call for a thousand files. A user with very many files stores at least
    so much.

    Args:
        user_id: The user.
    """
    return sum(_bytes_in(f"{folder}/{user_id}/") for folder in FOLDERS)


def _bytes_in(folder: str) -> int:
    found = bucket().list_blobs(prefix=folder, fields="items(name,size),nextPageToken", **patience())
    return sum(int(blob.size or 0) for blob in islice(found, MOST_OBJECTS))
