"""The features of Stoker that the app has. `stoker.toml` switches features off."""

from typing import Final

from stoker.app_settings import read_settings
from stoker.parameters import ParameterError

_settings = read_settings()
_UNUSED: Final = _settings.unused()


def has(feature: str) -> bool:
    """Return whether a feature is on.

    Args:
        feature: `video`, `speech`, `batch`, `profiles`, `progress` or `analytics`.
    """
    return _settings.has(feature)


def need(feature: str) -> None:
    """Check that a feature is on.

    Args:
        feature: As in `has`.

    Raises:
        ParameterError: The feature is off.
    """
    if not has(feature):
        raise ParameterError(f"The feature {feature} is off. Switch it on in stoker.toml, and deploy again.")


def is_used(collection: str) -> bool:
    """Return whether a feature that is on uses a collection of Stoker.

    Args:
        collection: The name of the collection.
    """
    return collection not in _UNUSED
