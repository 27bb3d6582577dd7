"""Brokers refuse: the code for each version, credentials noted, what is malformed left without a word."""

import pytest

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.mqtt_packets import PACKETS, connect
from tests.conversation.talks import converse, credentials, living, never_raises, said

MOSQUITTO = living("mqtt")
REFUSED = {
    "nmap",
    "nobody",
    "password",
    "long names",
    "user only",
    "empty",
    "v3",
    "v3 password",
    "bridge",
    "unnamed",
    "will",
}
REFUSED_V5 = {"v5", "v5 password", "v5 password only", "v5 as mosquitto's", "v5 user property", "v5 unnamed", "v5 will"}
OTHERWISE = {
    "v5 method": b"\x20\3\0\x8c\0",
    "v3 of level 4": b"\x20\2\0\1",
    "level 3": b"\x20\2\0\1",
    "level 9": b"\x20\2\0\1",
    "v3 unnamed": b"\x20\2\0\2",
    "unnamed, to be kept": b"\x20\2\0\2",
}


@pytest.mark.parametrize("name", PACKETS)
def test_every_connect_is_refused(name):
    """As mosquitto does it: tests/netns/test_clients_misc.py sends the same to both."""
    reply = converse(MOSQUITTO, [PACKETS[name]])[-1]
    expected = OTHERWISE.get(name, b"")
    if name in REFUSED | REFUSED_V5:
        expected = b"\x20\3\0\x87\0" if name in REFUSED_V5 else b"\x20\2\0\5"
    assert reply.data == expected
    assert reply.then is (Then.LISTEN if name.startswith("half") else Then.CLOSE)


@pytest.mark.parametrize("name", ["password", "v3 password", "v5 password"])
def test_credentials_are_noted(name):
    assert credentials(converse(MOSQUITTO, [PACKETS[name]])) == [Credential("password", b"bob", b"bad")]


def test_half_a_credential_and_none():
    assert credentials(converse(MOSQUITTO, [PACKETS["user only"]])) == [Credential("password", b"bob", b"")]
    assert credentials(converse(MOSQUITTO, [PACKETS["v5 password only"]])) == [Credential("password", b"", b"bad")]
    assert credentials(converse(MOSQUITTO, [PACKETS["nobody"]])) == []


def test_a_broker_with_other_words():
    other = living("mqtt", broker="EMQX")
    assert said(converse(other, [PACKETS["password"]])) == b"\x20\2\0\4"
    assert said(converse(other, [PACKETS["v5 password"]])) == b"\x20\3\0\x86\0"
    assert said(converse(other, [PACKETS["nobody"]])) == b"\x20\2\0\5"


@pytest.mark.parametrize("first", [b"\x30\3\0\1a", b"\xc0\0", b"GET / HTTP/1.0\r\n\r\n", b"\x82\6\0\1\0\1#\0"])
def test_before_a_connect_nothing_is_heard(first):
    reply = converse(MOSQUITTO, [first])[-1]
    assert (reply.data, reply.then) == (b"", Then.CLOSE)


def test_a_packet_that_never_ends():
    assert converse(MOSQUITTO, [b"\x10\xff\xff\xff\x7f"])[-1].then is Then.CLOSE


def test_nothing_breaks_it():
    never_raises(MOSQUITTO, connect(), PACKETS["v5 will"], PACKETS["password"], b"\x10", b"\0\4MQTT\5", b"\xff\xff")
