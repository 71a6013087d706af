"""An app that is alive: with functions in Node, rules, indexes, hosting and a blocking function of its own."""

import json
from collections.abc import Mapping
from pathlib import Path

FIREBASE = """\
{
  // Our site.
  "hosting": { "public": "public", "ignore": ["firebase.json", "**/.*"] },
  "functions": {
    "source": "functions", /* Node */
    "runtime": "nodejs22"
  },
  "firestore": { "rules": "firestore.rules", "indexes": "firestore.indexes.json" },
  "storage": { "rules": "storage.rules" }
}
"""

USERS = """\
    match /users/{uid} {
      allow read, write: if isOwner(uid);
    }
"""
"""The usual rule for profiles. Beside Stoker's, it would let users write their own role."""

POSTS = """\
    match /posts/{post} {
      allow read: if true;
      allow create: if isOwner(request.resource.data.owner);
      allow update, delete: if isOwner(resource.data.owner);
      match /comments/{comment} { allow read, create: if request.auth != null; } // everybody may answer
    }
    match /settings/{uid} { allow read, write: if isOwner(uid); }
"""

FIRESTORE_RULES = f"""\
rules_version = '2';
service cloud.firestore {{
  match /databases/{{db}}/documents {{
    function isOwner(uid) {{ return request.auth != null && request.auth.uid == uid; }}
{USERS}{POSTS}  }}
}}
"""

STORAGE_RULES = """\
rules_version = '2';
service firebase.storage {
  match /b/{bucket}/o {
    match /avatars/{uid}/{file} {
      allow read: if true;
      allow write: if request.auth != null && request.auth.uid == uid;
    }
  }
}
"""

INDEX = {
    "collectionGroup": "posts",
    "queryScope": "COLLECTION",
    "fields": [{"fieldPath": "owner", "order": "ASCENDING"}, {"fieldPath": "at", "order": "DESCENDING"}],
}

NODE = """\
const { beforeUserCreated } = require("firebase-functions/v2/identity");
const { onRequest } = require("firebase-functions/v2/https");

exports.greet = onRequest((request, response) => response.send("hello"));
exports.beforecreated = beforeUserCreated((event) => {
  if (!event.data.email?.endsWith("@acme.example")) throw new Error("no");
});
"""

MANIFEST = """\
specVersion: v1alpha1
requiredAPIs: []
endpoints:
  greet:
    platform: gcfv2
    region: [us-central1]
    entryPoint: greet
    httpsTrigger: {}
  beforecreated:
    platform: gcfv2
    region: [us-central1]
    entryPoint: beforecreated
    blockingTrigger:
      eventType: providers/cloud.auth/eventTypes/user.beforeCreate
      options: {}
"""
"""The functions of the app, as its Node would tell the Firebase CLI. So the packages of Node are not needed."""

OWN_FUNCTIONS = {"greet", "beforecreated"}

FILES: Mapping[str, str] = {
    "firebase.json": FIREBASE,
    ".firebaserc": '{ "projects": { "default": "acme-prod" },  "etags": {} }',
    "firestore.rules": FIRESTORE_RULES,
    "firestore.indexes.json": json.dumps({"indexes": [INDEX], "fieldOverrides": []}, indent=4),
    "storage.rules": STORAGE_RULES.replace("\n", "\r\n"),
    "functions/index.js": NODE,
    "functions/functions.yaml": MANIFEST,
    "functions/package.json": json.dumps({"name": "acme", "main": "index.js", "engines": {"node": "22"}}),
    "functions/.env": "GREETING=hello",
    "public/index.html": "<!doctype html>\r\n<title>Acme</title>",
    "README.md": "# Acme\n",
}
"""The files of the app. Their bytes differ in the ends of lines, as in apps that many people have worked on."""

SHARED = {"firebase.json", "firestore.rules", "firestore.indexes.json", "storage.rules"}
"""The files of the app to which Stoker adds something."""


def living_app(directory: Path) -> Path:
    """Write the app into a directory, which is made; return the directory."""
    for name, text in FILES.items():
        file = directory / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    return directory


def content(directory: Path) -> dict[str, bytes]:
    """Return the content of each file of a directory, without the packages of the functions."""
    files = (path for path in directory.rglob("*") if path.is_file() and "site-packages" not in path.parts)
    return {file.relative_to(directory).as_posix(): file.read_bytes() for file in files}
