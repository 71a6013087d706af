"""The number of bytes that a user stores."""

from itertools import islice

from stoker.storage.client import bucket, patience

MOST_OBJECTS = 10_000
"""The most files that are counted, of a user's uploads and of the user's outputs each. Both together take 20 calls, or
a few seconds."""

FOLDERS = ("user-uploads", "job-outputs")
"""The folders that hold a folder for each user."""


def stored_bytes(user_id: str) -> int:
    """Return the number of bytes that a user stores. This takes one call for each thousand files.

    If a user has more than `MOST_OBJECTS` files in a folder, the number is too low.

    Args:
        user_id: The user.
    """
    return sum(_bytes_in(f"{folder}/{user_id}/") for folder in FOLDERS)


def _bytes_in(folder: str) -> int:
    found = bucket().list_blobs(prefix=folder, fields="items(name,size),nextPageToken", **patience())
    return sum(int(blob.size or 0) for blob in islice(found, MOST_OBJECTS))
