"""Rules of made-up apps, in the shapes that apps have, with the refusals that `stoker install` must give."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ForeignApp:
    """An app with rules of its own.

    Attributes:
        name: The app.
        rules: Its rules of Firestore or of Storage.
        refused: The code and the text of each block that is refused, in the order of their lines.
    """

    name: str
    rules: str
    refused: tuple[tuple[str, str], ...] = ()


def files(body: str) -> str:
    """Return rules of Storage with a body, below the root of the bucket."""
    return f"rules_version = '2';\nservice firebase.storage {{\n  match /b/{{bucket}}/o {{\n{body}\n  }}\n}}\n"


def firestore(body: str, version: str = "rules_version = '2';") -> str:
    """Return rules with a body, below the root of the documents."""
    return f"{version}\nservice cloud.firestore {{\n  match /databases/{{database}}/documents {{\n{body}\n  }}\n}}\n"


CHAT = firestore("""
    function isMember(room) {
      let path = /databases/$(database)/documents/rooms/$(room)/members/$(request.auth.uid);
      return exists(path) && get(path).data.get('muted', false) != true;
    }
    /* Rooms: members only. // not a comment in a comment */
    match /rooms/{roomId} {
      allow get: if isMember(roomId);
      allow create: if request.resource.data.keys().hasAll(['title', "owner"])
        && request.resource.data.owner == request.auth.uid
      match /members/{uid} {
        allow read, write: if uid == request.auth.uid
          || get(/databases/$(database)/documents/rooms/$(roomId)).data.owner == request.auth.uid;
      }
      match /messages/{messageId} {
        allow read: if isMember(roomId)
        allow create: if isMember(roomId) && request.resource.data.text.size() < 2000
        allow delete: if resource.data.author == request.auth.uid;
      }
    }
    match /{path=**}/reactions/{id} { allow read: if request.auth != null; }
""")

SHOP = firestore(r"""
    function signedIn() { return request.auth != null; }
    function isAdmin() { return signedIn() && request.auth.token.admin == true; }
    match /products/{sku} {
      allow read;
      allow write: if isAdmin() && request.resource.data.price is number && sku.matches('^[A-Z]{3}-\\d+$');
    }
    match /carts/{uid}/{document=**} { allow read, write: if request.auth.uid == uid; }
    match /orders/{id} {
      allow create: if signedIn()
        && request.resource.data.diff({'state': 'new'}).affectedKeys().hasOnly(['lines', 'uid']);
      allow read: if signedIn() && (resource.data.uid == request.auth.uid ? true : isAdmin());
      allow update: if debug(isAdmin());
    }
    match /users/{uid}/addresses/{id} { allow read, write: if request.auth.uid == uid; }
""")

TENANTS = firestore("""
    match /orgs/{org} {
      function role() {
        return get(/databases/$(database)/documents/orgs/$(org)/staff/$(request.auth.uid)).data.role;
      }
      allow read: if role() in ['owner', 'staff'];
      match /{collection}/{id} { allow read, write: if role() == 'owner' && collection != 'audit'; }
    }
""")

CLOSED = firestore("match /{document=**} { allow read, write: if false; }\nmatch /notes/{id} { allow read: if true; }")

NARROWED = firestore("""
    match /{collection}/{document=**} {
      allow read, write: if collection in ['recipes', 'menus'] && request.auth != null;
    }
    match /users/{uid}/{sub}/{id} { allow read: if sub != 'completions' && request.auth.uid == uid; }
""")

OTHER_DATABASE = """rules_version = '2';
service cloud.firestore {
  match /databases/archive/documents { match /{any=**} { allow read, write: if request.auth.token.admin; } }
  match /databases/{database}/documents/notes/{id} { allow get: if true; }
}
"""

TEST_MODE = firestore(
    "match /{document=**} {\n  allow read, write: if request.time < timestamp.date(2100, 1, 1);\n}", version=""
)

OWN_PROFILE = firestore("""
    match /users/{userId} {
      allow read: if request.auth != null;
      allow write: if request.auth != null && request.auth.uid == userId;
      match /posts/{post} { allow read; }
    }
""")

EVERYTHING_OF_A_USER = firestore("match /users/{uid}/{rest=**} { allow read, write: if request.auth.uid == uid; }")

OLD_EVERYTHING_OF_A_USER = firestore(
    "match /users/{uid}/{rest=**} { allow read, write: if request.auth.uid == uid; }", version=""
)

TODO = firestore("""
    match /tasks/{taskId} {
      allow read, update, delete: if request.auth.uid == resource.data.userId;
      allow create: if request.auth.uid == request.resource.data.userId;
    }
    match /lists/{list}/tasks/{taskId} { allow read: if request.auth != null; }
""")

GROUP = firestore("match /{path=**}/tasks/{id} { allow read: if request.auth != null; }")

TAIL = firestore("match /{col=**}/{docId} { allow read, WRITE: if request.auth != null }")

TWO_LEVELS = firestore("match /{a}/{b} { match /{c}/{d} { allow write; } }")

FROM_THE_TOP = """service cloud.firestore {
  match /{everything=**} { allow read: if request.auth.token.email.matches('.*@example[.]com'); }
}
"""

SERVER_ONLY = firestore("match /projects/{id} { allow read, write: if false; }")

ALMOST_NARROWED = firestore("""
    match /{collection}/{id} {
      allow read: if collection != 'users' || request.auth.token.staff == true;
      allow list: if !(collection in ['users', 'tasks']) && request.auth != null;
    }
""")

ENCODED = firestore("match /%75sers/{uid} { allow write: if request.auth.uid == uid; }")

APPS = (
    ForeignApp("chat", CHAT),
    ForeignApp("shop", SHOP),
    ForeignApp("tenants", TENANTS),
    ForeignApp("closed", CLOSED),
    ForeignApp("narrowed", NARROWED),
    ForeignApp("other database", OTHER_DATABASE),
    ForeignApp("test mode", TEST_MODE, (("wider-rights", "match /{document=**}"),)),
    ForeignApp("own profile", OWN_PROFILE, (("collection-taken", "match /users/{userId}"),)),
    ForeignApp("everything of a user", EVERYTHING_OF_A_USER, (("collection-taken", "match /users/{uid}/{rest=**}"),)),
    ForeignApp("in version 1", OLD_EVERYTHING_OF_A_USER, (("wider-rights", "match /users/{uid}/{rest=**}"),)),
    ForeignApp("to-do", TODO, (("collection-taken", "match /tasks/{taskId}"),)),
    ForeignApp("collection group", GROUP, (("collection-taken", "match /{path=**}/tasks/{id}"),)),
    ForeignApp("tail", TAIL, (("wider-rights", "match /{col=**}/{docId}"),)),
    ForeignApp("two levels", TWO_LEVELS, (("wider-rights", "match /{c}/{d}"),)),
    ForeignApp("from the top", FROM_THE_TOP, (("wider-rights", "match /{everything=**}"),)),
    ForeignApp("server only", SERVER_ONLY, (("collection-taken", "match /projects/{id}"),)),
    ForeignApp("almost narrowed", ALMOST_NARROWED, (("wider-rights", "match /{collection}/{id}"),)),
    ForeignApp("encoded", ENCODED, (("wider-rights", "match /%75sers/{uid}"),)),
)

AVATARS = files("""
    match /avatars/{uid}/{file} {
      allow read;
      allow write: if request.auth.uid == uid && request.resource.size < 5 * 1024 * 1024
        && request.resource.contentType.matches('image/.*');
    }
    match /{file} { allow get; }
    match /public/{path=**} { allow read: if true; allow write: if false; }
""")

SIGNED_IN_FILES = files("match /{allPaths=**} { allow read, write: if request.auth != null; }")

NARROWED_FILES = files("""
    match /{folder}/{allPaths=**} {
      allow read, write: if request.auth != null && !(folder in ['user-uploads', 'job-outputs', 'public']);
    }
""")

LISTED_FILES = files("match /{file} { allow list: if request.auth != null; }")

SHARED_UPLOADS = files("match /user-uploads/{uid}/{file} { allow read: if request.auth != null; }")

FILE_APPS = (
    ForeignApp("avatars", AVATARS),
    ForeignApp("narrowed", NARROWED_FILES),
    ForeignApp("signed in", SIGNED_IN_FILES, (("wider-rights", "match /{allPaths=**}"),)),
    ForeignApp("listed", LISTED_FILES, (("wider-rights", "match /{file}"),)),
    ForeignApp("shared uploads", SHARED_UPLOADS, (("folder-taken", "match /user-uploads/{uid}/{file}"),)),
)
