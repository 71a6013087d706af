"""Exports of a user's data, and their contents."""

import io
import json
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from zipfile import ZipFile


class Export:
    """The contents of an export's parts. Nothing may be there twice."""

    def __init__(self, parts: list[bytes]) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.account: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}
        names: list[str] = []
        for part in parts:
            with ZipFile(io.BytesIO(part)) as archive:
                assert archive.testzip() is None
                names += archive.namelist()
                for name in archive.namelist():
                    if name.startswith("data/"):
                        self._add(archive, json.loads(archive.read(name)), name)
        assert len({name.lower() for name in names}) == len(names)
        for name in names:
            assert not PurePosixPath(name).is_absolute()
            assert not PureWindowsPath(name).drive
            assert not {"..", "."} & set(PureWindowsPath(name).parts)
        self.names = names

    def _add(self, archive: ZipFile, entries: list[dict[str, Any]], name: str) -> None:
        for entry in entries:
            if name.startswith("data/account-"):
                self.account.append(entry)
            elif name.startswith("data/files-"):
                assert entry["path"] not in self.files
                self.files[entry["path"]] = archive.read(entry["entry"])
            else:
                assert entry["path"] not in self.documents
                self.documents[entry["path"]] = entry["fields"]
