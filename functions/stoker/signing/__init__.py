"""The project's keyring, and what is signed with it."""
