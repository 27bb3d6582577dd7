"""All of blocking together, as the supervisor uses it; what cannot be opened is told and done without."""

import socket
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from rawspoof.config.model import Block, Config, Sensor
from rawspoof.core.event import BlockAdded, BlockRemoved
from rawspoof.core.watch.policy import Deed
from rawspoof.edges.block.desk import Order, ask
from rawspoof.edges.block.office import Office, folder
from rawspoof.edges.block.petition import decode
from rawspoof.edges.block.shelf import Shelf, packed, read
from tests.edges.block.test_keeper import FakeWall

A, DST = packed("198.51.100.42"), packed("192.0.2.1")


def config(tmp_path: Path) -> Config:
    return Config(sensor=Sensor(state_dir=str(tmp_path)), block=Block(enabled=True, seconds=600.0))


@contextmanager
def office(tmp_path: Path):
    made, wall = Office(config(tmp_path)), FakeWall()
    made.begin(wall)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        made.listen(ours)
        theirs.settimeout(5.0)
        yield made, wall, theirs
        made.close()


def deed(at: float) -> bytes:
    return msgspec.msgpack.encode(Deed(at, A, 54312, DST, 23, "ports"))


def test_a_deed_is_heard_done_and_told_and_outlives_the_process(tmp_path):
    with office(tmp_path) as (made, wall, collector):
        collector.send(deed(1748788327.0))
        made.turn()
        assert wall.held == {(A, "all"): 600.0}
        (event,) = decode(collector.recv(1 << 16))
        assert (type(event), event.src, event.reason) == (BlockAdded, A, "ports")
        assert [block.address for block in made.blocked()] == [A]
    assert [block.address for block in read(folder(config(tmp_path)))[0]] == [A]
    with office(tmp_path) as (_, wall, _):
        ((held, seconds),) = wall.held.items()
        assert held == (A, "all")
        assert 590 < seconds <= 600


def test_it_keeps_the_folder_for_itself_until_its_end(tmp_path, caplog):
    with office(tmp_path) as _:
        other = Office(config(tmp_path))
        assert "blocks end with this process" in caplog.text
        assert "held by another rawspoof" in caplog.text
        other.turn()
        other.close()
        # The one that came first still has its desk.
        assert (folder(config(tmp_path)) / "socket").exists()
    Shelf(folder(config(tmp_path))).close()
    assert ask(folder(config(tmp_path)), Order("save")) is None


def test_an_order_is_heard_between_deeds(tmp_path):
    with office(tmp_path) as (made, wall, collector):
        collector.send(deed(1748788327.0))
        made.turn()
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as person:
            person.connect(str(folder(config(tmp_path)) / "socket"))
            person.send(msgspec.msgpack.encode(Order("flush")))
            made.turn()
        assert wall.held == {}
        events = decode(collector.recv(1 << 16)) + decode(collector.recv(1 << 16))
        assert [type(event) for event in events] == [BlockAdded, BlockRemoved]


@pytest.mark.parametrize("wrong", ["file", "long"])
def test_what_cannot_be_opened_is_told_and_the_rest_works(tmp_path, caplog, wrong):
    state = tmp_path / ("x" * 90 if wrong == "long" else "file")
    if wrong == "file":
        state.write_text("")
    made, wall = Office(config(state)), FakeWall()
    made.begin(wall)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        made.listen(ours)
        theirs.send(deed(1748788327.0))
        made.turn()
        made.close()
    assert wall.held == {(A, "all"): 600.0}
    said = "`rawspoof block` will not reach this process" if wrong == "long" else "blocks end with this process"
    assert said in caplog.text


def test_a_child_lets_go_of_everything(tmp_path):
    made = Office(config(tmp_path))
    made.close_inherited()
    Shelf(folder(config(tmp_path))).close()
    made.close_inherited()
