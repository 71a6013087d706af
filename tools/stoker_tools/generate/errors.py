"""The error of the generators."""


class GenerateError(Exception):
    """No file can be made of the models, or of a file with marks. The message names the cause."""
