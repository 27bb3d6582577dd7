"""Health and blocks that sensors share are heard as they change; what is none of it is counted."""

import os
import threading
import time

import msgspec

from rawspoof.core.event import BLOCK_KINDS
from rawspoof.edges.fleet import health, value
from rawspoof.edges.fleet.streams import DELETED
from rawspoof.edges.hub.news import News, stamp
from rawspoof.edges.hub.sensors import Sensors
from rawspoof.edges.sinks.nats_client import Message, headed
from tests.edges.fleet.brokers import FakeClient, delivered

ADDRESS = bytes([192, 0, 2, 7])
AT = 1748788327.0
HEALTH = health.encode(health.Health(AT, "1.0", AT, "host", 0, 0, 1, {}))
BLOCK = msgspec.json.encode(value.Value("192.0.2.7", AT, AT + 600.0, "tripwire", "tarpit", 1, 23))


def heard(*messages):
    """What comes of these messages: sensors, shares, and how many were malformed."""
    shares, known = [], Sensors(300.0)
    news = News(FakeClient, known, lambda *what: shares.append(what), 0, lambda: AT + 1.0)
    for number, message in enumerate(messages):
        hear = news._well if "SENSORS" in message.subject else news._block
        news._one(hear, delivered(message, number + 1))
    return known.listed(AT + 2.0), shares, news.malformed.count


def key(name, data, headers=b""):
    return Message(f"$KV.RAWSPOOF_{name}", "", headers, data)


def test_health_and_blocks():
    listed, shares, malformed = heard(
        key("SENSORS.paris", HEALTH), key("BLOCKS.paris.c0000207", BLOCK),
        key("BLOCKS.paris.c0000207", b"", headed(DELETED)), key("SENSORS.paris", b"", headed(DELETED)),
    )  # fmt: skip
    assert [(one["name"], one["version"], one["heard_at"]) for one in listed] == [("paris", "1.0", AT)]
    (block, address, how, sensor), over = shares
    assert (block.reason, block.until, address, how, sensor) == ("tripwire", AT + 600.0, ADDRESS, "tarpit", "paris")
    assert over == (None, ADDRESS, "", "paris")
    assert how in BLOCK_KINDS
    assert malformed == 0


def test_what_is_none_of_it_is_counted():
    copied = headed({"Nats-Stream": "KV_RAWSPOOF_SENSORS"})
    listed, shares, malformed = heard(
        key("SENSORS.paris", b"{}"), key("SENSORS.pa.ris", HEALTH), key("SENSORS.tokyo", HEALTH, copied),
        key("BLOCKS.paris.c0000208", BLOCK), key("BLOCKS.paris", BLOCK), key("BLOCKS.paris.c0000207", b"["),
    )  # fmt: skip
    assert (listed, shares, malformed) == ([], [], 6)


def test_a_block_that_is_over_is_not_shown():
    old = msgspec.json.encode(value.Value("192.0.2.7", AT - 900.0, AT - 1.0, "tripwire", "all", 1, 23))
    assert heard(key("BLOCKS.paris.c0000207", old))[1:] == ([], 0)


def test_it_listens_until_it_is_told_to_end_and_again_after_a_failure(monkeypatch):
    monkeypatch.setattr("rawspoof.edges.hub.news.RETRY_S", 0.0)
    known, dialled, came = Sensors(300.0), [], threading.Event()
    read, write = os.pipe()

    def dial():
        client = FakeClient([key("SENSORS.paris", HEALTH)])
        dialled.append(client)
        client.gone = len(dialled) <= 2
        if len(dialled) > 3:
            came.set()
        return client

    news = News(dial, known, lambda *_: None, read, lambda: AT)
    news.start()
    until = time.monotonic() + 10.0
    while not known.listed(AT) and time.monotonic() < until:
        came.wait(0.01)
    os.write(write, b"e")
    news.stop()
    for thread in threading.enumerate():
        if thread.name.startswith("hub KV_"):
            thread.join(10)
    for end in (read, write):
        os.close(end)
    assert [one["name"] for one in known.listed(AT)] == ["paris"]
    assert news.failed.count >= 2
    assert all(client.closed for client in dialled)


def test_when_a_message_came_in():
    assert stamp("$JS.ACK.S.c.1.2.3.1748788327000000000.0") == AT
    assert stamp("$JS.ACK.d.h.S.c.1.2.3.1748788327000000000.0.r") == AT
