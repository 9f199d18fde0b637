"""A proxy that counts what programs load through it, without looking into it."""

from __future__ import annotations

import contextlib
import selectors
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

CHUNK = 1 << 18
PATIENCE = 600.0  # seconds that a tunnel may stay silent


class CountingProxy(socketserver.ThreadingTCPServer):
    """Tunnels of ``CONNECT``, which is all that clients of package indexes ask of a proxy.

    Attributes
    ----------
    received : int
        Bytes that came from outside so far, encrypted, as they crossed the line.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.received = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """What programs take as ``HTTPS_PROXY``."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, received: int) -> None:
        """Add bytes that came from outside."""
        with self._lock:
            self.received += received


class _Tunnel(socketserver.StreamRequestHandler):
    """One connection: its first lines say where to, everything after that is carried."""

    rbufsize = 0  # what follows the head belongs to the tunnel, not to a buffer

    def handle(self) -> None:
        target = self._target()
        if target is None:
            self.wfile.write(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
            return
        with contextlib.suppress(OSError), socket.create_connection(target, 30) as far:
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self._carry(far)

    def _target(self) -> tuple[str, int] | None:
        method, _, rest = self.rfile.readline(4096).decode("latin-1").partition(" ")
        while self.rfile.readline(65536).strip():
            pass
        host, _, port = rest.partition(" ")[0].rpartition(":")
        return (host, int(port)) if method == "CONNECT" and port.isdigit() else None

    def _carry(self, far: socket.socket) -> None:
        near = self.connection
        with selectors.DefaultSelector() as ready:
            ready.register(near, selectors.EVENT_READ, far)
            ready.register(far, selectors.EVENT_READ, near)
            while events := ready.select(PATIENCE):
                for key, _ in events:
                    data = cast("socket.socket", key.fileobj).recv(CHUNK)
                    if not data:
                        return
                    if key.fileobj is far:
                        cast("CountingProxy", self.server).count(len(data))
                    key.data.sendall(data)


@contextmanager
def counting_proxy() -> Iterator[CountingProxy]:
    """Run a proxy on a free port of this machine."""
    with CountingProxy() as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()
