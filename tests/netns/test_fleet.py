"""A fleet of two real sensors and a real broker that lets each speak for itself only, and dies in between."""

import json
import os
import signal
import socket
import time
from contextlib import ExitStack, contextmanager, suppress

import pytest

from rawspoof.edges.fleet import health, streams, value
from rawspoof.edges.lab.lab import READY
from rawspoof.edges.sinks.forms.lossless import decode
from rawspoof.edges.sinks.nats import message_id
from rawspoof.edges.sinks.nats_client import Request
from rawspoof.edges.store.queries import Reader
from tests.netns.fleets import ATTACKER, Broker, both, config
from tests.netns.sensors import READY_S, open_folder, start, tell, until
from tests.netns.taps import TARGET
from tests.netns.test_block import block

pytestmark = pytest.mark.netns

WITHIN_S = 8.0
NEVER, OTHER, THIRD, FOURTH = "192.0.2.99", "192.0.2.77", "192.0.2.78", "192.0.2.79"


def met(lab, port, timeout_s=1.0):
    """Whether the attacker's connection is let through."""
    with lab.inside("attacker"), suppress(TimeoutError):
        socket.create_connection((TARGET, port), timeout_s, (ATTACKER, 0)).close()
        return True
    return False


class Told:
    """What a sensor's file of events says of blocks."""

    def __init__(self, path):
        self.path = path

    def __call__(self, kind, source=ATTACKER):
        lines = [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []
        return [event for event in lines if (event["event"]["action"], event["source"]["ip"]) == (kind, source)]

    def wait(self, kind, source=ATTACKER, count=1):
        return until(lambda: told[-1] if len(told := self(kind, source)) >= count else None, WITHIN_S)


def stored(broker):
    """The ids and payloads of all that the stream of events has."""
    count = broker.state(streams.EVENTS)["messages"]
    hub = broker.hub()
    subject = f"$JS.API.DIRECT.GET.{streams.EVENTS}"
    found = hub.exchange([Request(subject, json.dumps({"seq": n + 1}).encode()) for n in range(count)])
    hub.close()
    return [(message_id(said.headers), said.data) for said in found]


def key(broker, stream, subject):
    """The value of a bucket's key, and its headers."""
    hub = broker.hub()
    (said,) = hub.exchange([Request(f"$JS.API.DIRECT.GET.{stream}.{subject}", b"")])
    hub.close()
    return said


@contextmanager
def fleet():
    """Both sensors up, the second of which never blocks one address; and the broker."""
    with both() as (north, south), open_folder() as folder, ExitStack() as ends:
        broker = Broker(north, folder)
        sensors = []
        for lab, name, more in ((north, "north", ""), (south, "south", f'never = ["{NEVER}/32"]')):
            state = folder / f"{name}.state"
            state.mkdir()
            sensors.append(start(lab, state, "-c", str(config(folder, name, broker.pem, more))))
            ends.callback(sensors[-1].stop)
        for sensor in sensors:
            until(lambda sensor=sensor: READY.decode() in sensor.said() or sensor.process.poll() is not None, READY_S)
            assert sensor.process.poll() is None, sensor.said()
            until(lambda sensor=sensor: "fleet: connected" in sensor.said(), WITHIN_S)
        yield (
            (north, sensors[0], Told(folder / "north.events")),
            (south, sensors[1], Told(folder / "south.events")),
            broker,
        )


def test_what_one_sensor_blocks_the_other_does_and_a_dead_broker_changes_little():
    with fleet() as ((north, first, north_told), (south, second, south_told), broker):
        # A tripwire at one is a block at the other, which had never heard of that source.
        assert met(south, 4000)
        assert met(north, 23)
        touched_at = time.monotonic()
        added = south_told.wait("block.added")
        assert (added["rawspoof"]["by"], added["event"]["reason"]) == ("north", "tripwire")
        assert not met(south, 4000, 0.3)
        tell(f"from a tripwire here to the block there: {time.monotonic() - touched_at - 0.3:.2f} s")
        assert block(second, "list").split()[0] == ATTACKER
        assert block(second, "list").endswith("s left  by north\n")
        # Whoever let it in, lets it in there.
        block(first, "remove", ATTACKER)
        south_told.wait("block.removed")
        assert met(south, 4000)
        # Whom the other never blocks, it does not.
        block(first, "add", NEVER)
        assert south_told.wait("block.refused", NEVER)["rawspoof"]["because"] == "listed in block.never"

        said = health.decode(key(broker, streams.HEALTH, f"{streams.HEALTH_SUBJECT}.north").data)
        assert (said.workers, said.lost) == (1, 0)

        # Each speaks for itself.
        with north.inside("attacker"):
            posing = broker.sensor("north")
            with pytest.raises(OSError, match="Permissions Violation"):
                posing.ask([Request("rawspoof.south.session.open", b"")])
            posing.close()

        broker.kill()
        block(first, "add", OTHER, "--seconds", "3000")
        block(second, "add", THIRD)
        block(first, "remove", NEVER)
        for port in range(4001, 4031):
            assert met(north, port)
        broker.restart()
        assert south_told.wait("block.added", OTHER)["rawspoof"]["seconds"] > 2999
        assert north_told.wait("block.added", THIRD)["rawspoof"]["by"] == "south"
        gone = key(broker, streams.BLOCKS, value.subject("north", socket.inet_aton(NEVER)))
        assert b"KV-Operation: DEL" in gone.headers

        # A collector that dies says nothing twice.
        changes = broker.state(streams.BLOCKS)["last_seq"]
        connected = first.said().count("fleet: connected")
        os.kill(first.children()["collec"], signal.SIGKILL)
        until(lambda: first.said().count("fleet: connected") > connected, WITHIN_S)
        block(first, "add", FOURTH)
        south_told.wait("block.added", FOURTH)
        assert broker.state(streams.BLOCKS)["last_seq"] == changes + 1

        # Every event of both is in the stream, once.
        def kept():
            return sum(len(Reader(sensor.folder / "store").read(0, 4096)[1]) for sensor in (first, second))

        until(lambda: broker.state(streams.EVENTS)["messages"] >= kept() > 60, WITHIN_S)
        events = stored(broker)
        assert len({name for name, _ in events}) == len(events) == kept()
        assert "session.open" in {type(decode(data)).__struct_config__.tag for _, data in events}
        assert len(south_told("block.added")) == len(south_told("block.added", OTHER)) == 1
        assert [sensor for sensor in (first, second) if "Permissions" in sensor.said()] == []
