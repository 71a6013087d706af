"""Free ports for the emulators."""

import random
import socket
from collections.abc import Mapping, Sequence

RANGE = range(20000, 32000)
"""Random ports. The Firebase CLI seeks ports for the functions' workers below (8081 to 9081 and up). Systems take the
ports of outgoing connections from above (32768 and up on Linux, 49152 and up elsewhere)."""


def choose(names: Sequence[str], given: Mapping[str, int]) -> dict[str, int]:
    """Return a port for each name: the given port, or else a random one that is free.

    Args:
        names: The names of the emulators.
        given: Ports that were found to be free.
    """
    candidates = (port for port in random.sample(RANGE, len(RANGE)) if is_free(port) and port not in given.values())
    return {name: given[name] if name in given else next(candidates) for name in names}


def taken(ports: Sequence[int]) -> list[int]:
    """Return the ports on which another program listens."""
    return [port for port in ports if not is_free(port)]


def is_free(port: int) -> bool:
    """Return whether nothing listens on a port, on any address of this machine."""
    with socket.socket() as listener:
        # Without this option, a connection that lingers after its listener's end would count. It does not hinder the
        # emulators.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("", port))
        except OSError:
            return False
    return True
