"""A person's orders, from one end of the socket to the other."""

import socket
import threading
from contextlib import contextmanager

import msgspec
import pytest

from rawspoof.config.model import Block, Config
from rawspoof.edges.block import desk
from rawspoof.edges.block.desk import NAME, Answer, Desk, Order, ask, obey
from rawspoof.edges.block.keeper import Keeper
from rawspoof.edges.block.shelf import packed

A, GATEWAY = packed("198.51.100.42"), packed("198.51.100.1")


def keeper():
    def why(address, at):
        return "a gateway of this machine" if address == GATEWAY else ""

    return Keeper(Config(block=Block(seconds=10.0)), None, why, lambda: 1748788327.0)


@contextmanager
def served(tmp_path, made):
    """A desk with somebody behind it."""
    table, over = Desk(tmp_path), threading.Event()
    table.socket.settimeout(0.01)

    def serve():
        while not over.is_set():
            table.serve(made)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)
        table.remove()


def test_what_is_asked_is_done_and_answered(tmp_path):
    made = keeper()
    with served(tmp_path, made):
        assert ask(tmp_path, Order("add", A, 77.0)) == Answer(count=1)
        (block,) = made.blocks
        assert (block.address, block.until - block.since) == (A, 77.0)
        assert ask(tmp_path, Order("add", GATEWAY)) == Answer("it is a gateway of this machine")
        assert ask(tmp_path, Order("save")) == Answer(count=1)
        assert ask(tmp_path, Order("remove", A)) == Answer(count=1)
        assert ask(tmp_path, Order("remove", A)) == Answer("it is not blocked", 1)


def test_a_flush_lets_everybody_go():
    made = keeper()
    for last in range(5):
        obey(Order("add", packed(f"192.0.2.{last}")), made)
    assert obey(Order("flush"), made) == Answer(count=5)
    assert len(made.blocks) == 0


def test_where_nobody_is_there_is_no_answer(tmp_path):
    assert ask(tmp_path, Order("save")) is None
    Desk(tmp_path).close()
    assert (tmp_path / NAME).exists()
    assert ask(tmp_path, Order("save")) is None
    # What an earlier process left is in nobody's way.
    Desk(tmp_path).remove()
    assert not (tmp_path / NAME).exists()


def test_the_socket_is_for_root_alone(tmp_path, monkeypatch):
    made = keeper()
    with served(tmp_path, made):
        assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
        monkeypatch.setattr(desk, "_is_ours", lambda client: False)
        with pytest.raises(OSError, match="did not take the order"):
            ask(tmp_path, Order("add", A))
    assert len(made.blocks) == 0


@pytest.mark.parametrize("message", [b"x", b"\x91" * 5000, msgspec.msgpack.encode({"do": "explode"}), None])
def test_what_is_no_order_gets_no_answer_and_harms_nobody(tmp_path, monkeypatch, message):
    monkeypatch.setattr(desk, "ORDER_S", 0.02)
    made = keeper()
    with served(tmp_path, made):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as to:
            to.settimeout(5.0)
            to.connect(str(tmp_path / NAME))
            if message:
                to.send(message)
            assert to.recv(100) == b""
        assert ask(tmp_path, Order("add", A)) == Answer(count=1)


def test_a_folder_whose_name_is_too_long_is_an_error(tmp_path):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    with pytest.raises(OSError, match="too long"):
        Desk(long)
