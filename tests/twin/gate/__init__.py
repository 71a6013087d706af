"""A twin of Google that says no: for each call of the functions, it checks the permission that Google checks.

The emulators allow every call. The gate stands between the functions' code in this process and the services:

- Firestore and Firebase Auth are the emulators of the suite, behind the gate.
- Cloud Storage, Cloud Tasks and Cloud Text-to-Speech are small twins in memory, with limits that no emulator has.
- The metadata server gives out the token of the functions' account, so that the credentials are those of production.

A call that the gate does not know is refused, and `FunctionsAccount.unknown` has it. So a test notices a new kind of
call, and its author looks up the permission that it needs.
"""

from twin.gate.gate import Gate, opened

__all__ = ["Gate", "opened"]
