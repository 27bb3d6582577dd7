"""A real rsyslogd reads what we send it, over UDP, TCP and TLS, as we meant it."""

import re
import socket
from contextlib import suppress

import pytest

from rawspoof.config.sinks import Syslog
from rawspoof.core.event import ServiceCredential, SessionData
from rawspoof.edges.sinks import ecs
from tests.edges.sinks.samples import AT, DETECTED, DST, EXAMPLES, SRC
from tests.netns import farends
from tests.netns.sensors import until

pytestmark = pytest.mark.netns

EVIL = b'\n<13>1 - evil\r\n\x1b[2J"]\\ \xff\xe2\x80\xae<script>' * 20


def messages(path):
    """Whole lines, in their seven parts."""
    text = path.read_text() if path.exists() else ""
    return [line.split("\t") for line in text.split("\n")[:-1]]


def numbers(path):
    return [int(re.search(r'number="(\d+)"', message[5])[1]) for message in messages(path)]


@pytest.mark.parametrize("scheme", ["udp", "tcp"])
def test_every_part_arrives_as_meant(lab, tmp_path, scheme):
    out = farends.rsyslog(lab, tmp_path)
    port = {"udp": 514, "tcp": 601}[scheme]
    sink = farends.sink(Syslog(url=f"{scheme}://{farends.HOST}:{port}", facility=16))
    hostile = [SessionData(AT, SRC, 1, DST, 2, EVIL, 5), ServiceCredential(AT, SRC, 1, DST, 2, "x", "y", EVIL, EVIL)]
    sent = [*EXAMPLES, *hostile]
    with lab.inside("attacker"):
        sink.write(sent, 7)
    until(lambda: len(messages(out)) >= len(sent), 3.0)
    sink.close()
    heard = messages(out)
    assert numbers(out) == list(range(7, 7 + len(sent)))
    form = ecs.lines(farends.SENSOR)
    for event, (_, at, host, app, msgid, _, text) in zip(sent, heard, strict=True):
        assert (at, host, app) == ("2025-06-01T14:32:07.841203Z", farends.SENSOR, "rawspoof")
        assert msgid == type(event).__struct_config__.tag
        assert text.strip().encode() == form(event).rstrip(b"\n")
    assert heard[EXAMPLES.index(DETECTED)][0] == str(16 * 8 + 5)


def test_ten_thousand_over_tcp_with_the_server_away_in_between(lab, tmp_path):
    sink = farends.sink(Syslog(url=f"tcp://{farends.HOST}:601"))
    with farends.way(lab, [sink], tmp_path / "store") as put:
        way = put(farends.events(5000))
        until(lambda: way.lanes[-1].failed.count >= 1, 5.0)
        put(farends.events(5000, 5001))
        out = farends.rsyslog(lab, tmp_path)
        until(lambda: way.lanes[-1].written >= 10_000, 10.0)
        until(lambda: len(messages(out)) >= 10_000, 5.0)
    assert numbers(out) == list(range(1, 10_001))


@pytest.mark.alone
def test_a_server_can_follow_datagrams(lab, tmp_path):
    out = farends.rsyslog(lab, tmp_path)
    sink = farends.sink(Syslog(url=f"udp://{farends.HOST}"))
    with lab.inside("attacker"):
        for first in range(1, 5121, 512):
            sink.write(farends.events(512, first), first)
    sink.close()
    until(lambda: len(messages(out)) >= 5120, 3.0)
    assert numbers(out) == list(range(1, 5121))


def test_a_server_that_hung_up_is_noticed_before_anything_is_lost(lab):
    with lab.inside("sensor"), socket.create_server((farends.HOST, 601)) as server:
        sink = farends.sink(Syslog(url=f"tcp://{farends.HOST}:601"))
        heard = b""
        for first in (1, 101):
            with lab.inside("attacker"):
                sink.write(farends.events(100, first), first)
            with server.accept()[0] as connection:
                connection.settimeout(0.2)
                with suppress(TimeoutError):
                    while True:
                        heard += connection.recv(65536)
        sink.close()
    assert [int(n) for n in re.findall(rb'number="(\d+)"', heard)] == list(range(1, 201))


def test_a_server_that_acknowledges_no_more_takes_nothing(lab):
    with lab.inside("sensor"), socket.socket() as server:
        # A window this small is full before a batch is.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.bind((farends.HOST, 601))
        server.listen()
        sink = farends.sink(Syslog(url=f"tcp://{farends.HOST}:601", timeout_s=0.3))
        with lab.inside("attacker"), pytest.raises(TimeoutError):
            sink.write(farends.events(500), 1)
        sink.close()


def test_nobody_at_a_udp_port_is_heard_of(lab):
    sink = farends.sink(Syslog(url=f"udp://{farends.HOST}"))

    def refused():
        try:
            sink.write(farends.events(1), 1)
        except ConnectionRefusedError:
            return True
        return False

    with lab.inside("attacker"):
        until(refused, 2.0)
    sink.close()


def test_tls(lab, tmp_path):
    pem = farends.certificate(tmp_path)
    out = farends.rsyslog(lab, tmp_path, pem)
    with lab.inside("attacker"):
        with pytest.raises(OSError, match="certificate verify failed"):
            farends.sink(Syslog(url=f"tls://{farends.HOST}")).write(farends.events(1), 1)
        sink = farends.sink(Syslog(url=f"tls://{farends.HOST}", ca_file=str(pem)))
        for first in range(1, 1001, 100):
            sink.write(farends.events(100, first), first)
        sink.close()
    until(lambda: len(messages(out)) >= 1000, 3.0)
    assert numbers(out) == list(range(1, 1001))


def test_a_certificate_of_another_is_refused(lab, tmp_path):
    pem = farends.certificate(tmp_path, "192.0.2.77")
    farends.rsyslog(lab, tmp_path, pem)
    with lab.inside("attacker"), pytest.raises(OSError, match="not valid for '198"):
        farends.sink(Syslog(url=f"tls://{farends.HOST}", ca_file=str(pem))).write(farends.events(1), 1)
