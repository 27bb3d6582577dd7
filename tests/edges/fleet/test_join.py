"""What [fleet] says is what the member does."""

import json
import socket
from contextlib import contextmanager

import pytest

from rawspoof.config.model import Block, Config, Fleet
from rawspoof.edges.block import shared
from rawspoof.edges.fleet.join import join
from rawspoof.edges.sinks.dispatcher import Dispatcher
from tests.edges.fleet.brokers import FakeClient
from tests.edges.fleet.test_exchange import T0, B, blocked, key
from tests.edges.fleet.test_member import said_of


@contextmanager
def joined(client, blocks="both", enabled=True):
    """The supervisor's end of a member at work."""
    supervisor, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    fleet = Fleet(url="nats://192.0.2.4", name="my host", blocks=blocks)
    config = Config(fleet=fleet, block=Block(enabled=enabled))
    member = join(config, lambda: client, control, [blocked(B, since=4e9)], "host-1", T0)
    with supervisor, control:
        supervisor.settimeout(20.0)
        member.start(Dispatcher([]), dict)
        yield supervisor
        member.stop()


def keys_watched(client):
    """What the consumer is to hear."""
    while "CONSUMER.CREATE" not in (request := client.asked.get(timeout=20.0)).subject:
        pass
    return json.loads(request.data)["config"]["filter_subject"]


def lasting():
    """A key of another sensor that is not over before this test is."""
    message = key()
    return message._replace(data=message.data.replace(b'"until":17', b'"until":97'))


def test_both():
    client = FakeClient([lasting()])
    with joined(client) as supervisor:
        assert keys_watched(client) == "$KV.RAWSPOOF_BLOCKS.>"
        assert shared.decode(supervisor.recv(1024)).by == "north"
        assert said_of(client, "$KV.RAWSPOOF_BLOCKS.").subject.startswith("$KV.RAWSPOOF_BLOCKS.my_host.")


@pytest.mark.parametrize(("blocks", "enabled"), [("send", True), ("both", False)])
def test_only_sending(blocks, enabled):
    client = FakeClient()
    with joined(client, blocks, enabled):
        assert keys_watched(client) == "$KV.RAWSPOOF_BLOCKS.my_host.>"
        said_of(client, "$KV.RAWSPOOF_BLOCKS.my_host.")


def test_only_taking():
    client = FakeClient([lasting()])
    with joined(client, "take") as supervisor:
        assert keys_watched(client) == "$KV.RAWSPOOF_BLOCKS.>"
        assert shared.decode(supervisor.recv(1024)).by == "north"


@pytest.mark.parametrize(("blocks", "enabled"), [("off", True), ("take", False)])
def test_neither(blocks, enabled):
    client = FakeClient()
    with joined(client, blocks, enabled):
        said_of(client, "$KV.RAWSPOOF_SENSORS.my_host")
    assert client.subscribed == []
