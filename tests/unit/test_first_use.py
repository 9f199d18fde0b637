"""What the measurement of the first use counts is what crossed the line."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import first_use
from tests.conftest import ROOT
from tests.counting_proxy import CountingProxy, counting_proxy
from tests.first_use import Step

SENT = b"x" * 1_000_000


@pytest.fixture
def proxy() -> Iterator[CountingProxy]:
    """A proxy that has counted nothing yet."""
    with counting_proxy() as running:
        yield running


@pytest.fixture
def sender() -> Iterator[str]:
    """A server that sends a million bytes to whoever says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            near, _ = listening.accept()
            with near:
                near.recv(100)
                near.sendall(SENT)

        threading.Thread(target=answer, daemon=True).start()
        yield "{}:{}".format(*listening.getsockname())


def ask(proxy: CountingProxy, head: str, word: bytes = b"") -> bytes:
    """Send a head to the proxy, then a word through it; return all that comes back."""
    with socket.create_connection(proxy.server_address[:2], 10) as near:  # type: ignore[arg-type]
        near.sendall(f"{head} HTTP/1.1\r\nHost: a\r\n\r\n".encode() + word)
        return b"".join(iter(lambda: near.recv(65536), b""))


def test_a_tunnel_carries_every_byte_and_counts_what_comes_in(
    proxy: CountingProxy, sender: str
) -> None:
    answer = ask(proxy, f"CONNECT {sender}", b"a word")

    assert answer.endswith(SENT)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert proxy.received == len(SENT)


def test_anything_else_is_refused_and_not_counted(proxy: CountingProxy) -> None:
    assert ask(proxy, "GET http://127.0.0.1/").startswith(b"HTTP/1.1 405 ")
    assert proxy.received == 0


def test_a_new_machine_has_empty_caches_and_nothing_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/opt/wheels")
    monkeypatch.setenv("PYTHONPATH", "/work")
    monkeypatch.setenv("PATH", f"/a/.venv/bin{os.pathsep}/usr/bin")
    with first_use._a_new_machine(tmp_path, "http://127.0.0.1:1"):
        caches = [
            os.environ[name] for name in ("UV_CACHE_DIR", "PIP_CACHE_DIR", "npm_config_cache")
        ]
        there = dict(os.environ)

    assert [Path(cache).exists() for cache in caches] == [False] * 3
    assert there.keys().isdisjoint({"PIP_FIND_LINKS", "PYTHONPATH"})
    assert there["PATH"] == "/usr/bin"
    assert there["HTTPS_PROXY"] == "http://127.0.0.1:1"


def test_steps_add_up() -> None:
    together = first_use.total([Step("a", 1.5, 10.0, 20.0), Step("b", 2.5, 0.5, 1.0)])

    assert (together.seconds, together.loaded_mb, together.disk_mb) == (4.0, 10.5, 21.0)
    assert first_use.line(together).startswith("| together           |     4.0 |      10.5 |")


def test_the_steps_are_what_make_lab_does() -> None:
    makefile = (ROOT / "Makefile").read_text()
    names = {target.rpartition("/")[2] for target in first_use.STEPS.values()}

    assert "lab: $(VENV)/.package" in makefile
    assert names == {".python", ".lab", ".package-lock.json", "package.json", ".package"}
    assert all(name in makefile for name in names)
