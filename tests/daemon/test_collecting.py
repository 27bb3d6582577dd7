"""A collector is made of what it is given: what workers say ends in the places that were opened."""

import os
import signal
import socket
from functools import partial
from pathlib import Path

from rawspoof.config.model import Config, Events, Evidence, Sensor, Store
from rawspoof.core.event import SessionOpened
from rawspoof.daemon import collecting
from rawspoof.daemon.beats import Beats
from rawspoof.daemon.blueprint import draw
from rawspoof.daemon.openings import opened
from rawspoof.edges.sinks.batch import encoder
from rawspoof.edges.sinks.collector import make_way
from rawspoof.edges.system import process
from rawspoof.edges.system.privileges import die_with_parent


def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def collected(given: collecting.Given, parent: int) -> int:
    die_with_parent(signal.SIGKILL, parent)
    return collecting.run(given)


def test_it_writes_what_it_hears_and_leaves_the_rest_to_the_next(tmp_path: Path) -> None:
    config = Config(
        sensor=Sensor(state_dir=str(tmp_path), personality="linux"),
        events=Events(file=str(tmp_path / "events")), store=Store(enabled=False), evidence=Evidence(enabled=False),
    )  # fmt: skip
    drawn, beats = draw(config), Beats(1)
    worker, theirs = pair()
    worker.setblocking(False)
    say = encoder()
    told = [SessionOpened(1.7e9 + n, bytes(4), 1, bytes(4), n, "x", b"") for n in range(20)]
    for part in (told[:10], told[10:]):
        control, end = pair()
        orders, other = pair()
        given = collecting.Given(drawn, opened(config), None, end, other, [theirs], [], [], 0.0, beats.of(0))
        worker.send(say(part, {}))
        pid = process.fork(partial(collected, given, os.getpid()))
        given.openings.close()
        process.await_end([pid], 0.3)
        make_way(control)
        assert process.await_end([pid], 5.0) == set()
        for one in (control, end, orders, other):
            one.close()
    worker.close()
    theirs.close()
    lines = (tmp_path / "events").read_text().splitlines()
    assert [line.count('"session.open"') for line in lines] == [1] * len(told)
    assert beats.silent(1.0) == set()
