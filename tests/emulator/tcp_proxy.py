"""A TCP proxy between a test and the Firestore emulator, which can fail in every way in which a network fails."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

CHUNK = 16_384


class TcpProxy:
    """A proxy in front of a server.

    Args:
        server: The server, as `host:port`.
    """

    def __init__(self, server: str) -> None:
        host, port = server.rsplit(":", 1)
        self._server = (host, int(port))
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[_Pair] = []  # the living ones
        self._lost: list[_Pair] = []
        self._lock = threading.Lock()
        self.opened = 0
        """The number of connections so far."""
        self.is_refusing = False
        self.speaks = threading.Event()
        self.speaks.set()
        self.bytes_a_second = 0.0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        """The proxy's own address."""
        return f"127.0.0.1:{self._listening.getsockname()[1]}"

    def cut(self) -> None:
        """Cut all connections."""
        for pair in self._taken():
            pair.reset()

    def lose(self) -> None:
        """Let the other end of all connections vanish, as a router does that forgets them. Nothing tells of it."""
        for pair in self._taken():
            pair.is_lost = True
            self._lost.append(pair)

    @contextmanager
    def away(self) -> Iterator[None]:
        """Cut all connections, and refuse new ones in the block."""
        self.is_refusing = True
        self.cut()
        try:
            yield
        finally:
            self.is_refusing = False

    @contextmanager
    def muted(self) -> Iterator[None]:
        """Let nothing of the server through in the block, on old and new connections. It comes afterwards."""
        self.speaks.clear()
        try:
            yield
        finally:
            self.speaks.set()

    def close(self) -> None:
        """End the proxy and its connections."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listening.close()
        self.speaks.set()
        self.cut()
        for pair in self._lost:
            pair.reset()

    def _taken(self) -> list["_Pair"]:
        with self._lock:
            pairs, self._pairs = self._pairs, []
        return pairs

    def _accept(self) -> None:
        with suppress(OSError):  # The proxy is closed.
            while True:
                client, _ = self._listening.accept()
                if self.is_refusing:
                    _reset(client)
                    continue
                with self._lock:
                    self.opened += 1
                    self._pairs.append(_Pair(self, client, socket.create_connection(self._server)))


class _Pair:
    """A connection of a client, and the one to the server that belongs to it."""

    def __init__(self, proxy: TcpProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self.is_lost = False
        threading.Thread(target=self._pass_on, args=(client, server, False), daemon=True).start()
        threading.Thread(target=self._pass_on, args=(server, client, True), daemon=True).start()

    def reset(self) -> None:
        _reset(self._client)
        _reset(self._server)

    def _pass_on(self, source: socket.socket, sink: socket.socket, is_of_server: bool) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if is_of_server:
                    self._proxy.speaks.wait()
                    if self._proxy.bytes_a_second:
                        time.sleep(len(data) / self._proxy.bytes_a_second)
                if not self.is_lost:
                    sink.sendall(data)
        if self.is_lost and is_of_server:
            return  # The client must not learn that the server is gone.
        self.reset()


def _reset(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        one.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads
    one.close()


@contextmanager
def proxied(server: str) -> Iterator[TcpProxy]:
    """Put a proxy between new listeners of this process and the emulator in the block.

    Args:
        server: The emulator, as `host:port`.
    """
    proxy = TcpProxy(server)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FIRESTORE_EMULATOR_HOST", proxy.address)
        try:
            yield proxy
        finally:
            proxy.close()
