"""Free ports for the emulators."""

import random
import socket
from collections.abc import Mapping, Sequence

# Above the range where the Firebase CLI seeks ports for the functions' workers (8081 to 9081 and up), and below the one
# from which systems take the ports of outgoing connections (32768 and up on Linux, 49152 and up elsewhere).
RANGE = range(20000, 32000)


def choose(names: Sequence[str], preferred: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name: the preferred one where it is free, else one at random, so that suites don't meet."""
    ports: dict[str, int] = {}
    candidates = iter(random.sample(RANGE, len(RANGE)))
    for name in names:
        port = preferred.get(name)
        while port is None or port in ports.values() or not is_free(port):
            port = next(candidates)
        ports[name] = port
    return ports


def is_free(port: int) -> bool:
    """Whether nothing listens on the port, on any address of this machine."""
    with socket.socket() as listener:
        # Without it, a connection that lingers after its listener's end would count: it doesn't hinder the emulators.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("", port))
        except OSError:
            return False
    return True
