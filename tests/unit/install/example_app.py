"""An app with functions, rules, indexes and hosting of its own, and what Stoker wishes to have there."""

import stat
from pathlib import Path

from stoker_tools.install.firebase_json import FirebaseWish
from stoker_tools.install.wish import Wished

FIREBASE = """\
{
  // The functions in Node.
  "functions": { "source": "functions" },
  "hosting": { "public": "dist" },
  "firestore": { "rules": "rules/app.rules" }
}
"""
RULES = """\
rules_version = '2';
service cloud.firestore {
    match /databases/{db}/documents {
        match /posts/{post} { allow read; } // }
    }
}
"""
INDEX = {"collectionGroup": "tasks", "queryScope": "COLLECTION", "fields": [{"fieldPath": "at", "order": "ASCENDING"}]}


def make_app(root: Path) -> None:
    """Write the files of the app.

    Args:
        root: An empty folder.
    """
    for path, text in {
        "firebase.json": FIREBASE,
        "rules/app.rules": RULES.replace("\n", "\r\n"),
        "functions/index.js": "exports.hello = 1;\n",
        "dist/index.html": "<p>",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    (root / "rules/app.rules").chmod(0o600)


def wish(version: str = "1.0.0", rules: str = "match /tasks/{id} {\n  allow read;\n}\n") -> Wished:
    """Return what Stoker wishes to have in the app.

    Args:
        version: The version of Stoker. It is in all files that an update renews.
        rules: The rules of Firestore.
    """
    folder = "functions-stoker"
    return Wished(
        version=version,
        folder=folder,
        firebase=FirebaseWish({"source": folder, "codebase": "stoker", "runtime": f"python{version}"}),
        firestore_rules=rules,
        storage_rules="match /user-uploads/{id} {\n  allow read;\n}\n",
        indexes={"indexes": [INDEX, {**INDEX, "collectionGroup": f"jobs{version[0]}"}], "fieldOverrides": []},
        files={".stoker/predeploy.cjs": f"// {version}\n".encode(), f"{folder}/stoker-{version}.whl": b"PK\xff\x00"},
        generated={"clients/stoker/stoker.d.ts": f"export type V = '{version}';\n".encode()},
        seeds={f"{folder}/main.py": b"from stoker.functions import *\n", f"{folder}/.env": b"STOKER_REGION=x\n"},
    )


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    """Return the permissions and the content of each file and each folder.

    Args:
        root: A folder.
    """
    found = {}
    for path in sorted(root.rglob("*")):
        content = b"(folder)" if path.is_dir() else path.read_bytes()
        found[path.relative_to(root).as_posix()] = (stat.S_IMODE(path.stat().st_mode), content)
    return found
