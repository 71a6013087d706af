"""`serverKeys/keyring`: the keys with which the server signs. No client can read the document."""

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from stoker.models.document import Model, SchemaVersion, Timestamp

SECRET_BYTES: Final = 32
"""The length of a secret, in bytes: that of the hash SHA-256, which a longer secret would not make safer.
Source: https://www.rfc-editor.org/rfc/rfc2104 (section 3)"""

MOST_KEYS: Final = 5
"""The most keys of a keyring. So four rotations leave what was signed before them valid."""

KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}$")]
"""The id of a key: eight hexadecimal digits, by chance. It is no secret."""


class SigningKey(Model):
    """A key.

    Attributes:
        id: The id of the key. What the key has signed names it.
        secret: The secret.
        created_at: The time at which the key was made.
    """

    # An error message must not show a secret. A newer version may have written further fields.
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    id: KeyId
    secret: Annotated[bytes, Field(min_length=SECRET_BYTES, max_length=SECRET_BYTES, repr=False)]
    created_at: Timestamp


class KeyringDocument(Model):
    """The keys of the project, the oldest first.

    Attributes:
        keys: The keys.
        current: The id of the key that signs. The others only verify.
        schema_version: The version of the document's form.
    """

    # As above.
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    keys: Annotated[list[SigningKey], Field(min_length=1, max_length=MOST_KEYS)]
    current: KeyId
    schema_version: SchemaVersion = 1

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        ids = [key.id for key in self.keys]
        if len(set(ids)) < len(ids):
            raise ValueError("two keys have the same id")
        if self.current not in ids:
            raise ValueError("the current key is not among the keys")
        return self
