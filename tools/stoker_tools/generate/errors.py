"""What can go wrong while files are made."""


class GenerateError(Exception):
    """The models, or a file with marks, say something that no file can be made of; the message says what."""
