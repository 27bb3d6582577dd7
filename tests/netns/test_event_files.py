"""What is in the files after a scan: portspoof-py's line for each completed connection, ECS for all that happened."""

import json
import os
import re
import socket
from pathlib import Path

import pytest

from tests.netns.clients import connected, hear
from tests.netns.scanners import nmap
from tests.netns.sensors import greetings, running, town, until
from tests.netns.taps import SOURCE, SOURCE6, TARGET, TARGET6, greeting

pytestmark = pytest.mark.netns

PROMPT = ("--delivery", "prompt")
LINE = re.compile(
    r'\{"timestamp": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", "src_ip": "[0-9a-f.:]+", "src_port": \d+, '
    r'"dst_port": \d+, "banner_hex": "([0-9a-f]{2})*", "banner_len": \d+\}'
)
PORTS = range(1, 301)
WRITTEN_S = 2.0


def lines(path: Path) -> list[str]:
    """Whole lines only: the last one may be on its way."""
    return path.read_text().split("\n")[:-1]


def talks(path: Path) -> list[dict]:
    """What the file tells of connections and what was said on them; scans and evidence are told beside."""
    told = [json.loads(line) for line in lines(path)]
    return [event for event in told if event["event"]["action"].startswith(("session.", "service."))]


@pytest.fixture
def files(tmp_path) -> tuple[Path, Path]:
    return tmp_path / "log", tmp_path / "events"


def test_the_log_has_a_line_for_each_completed_connection(lab, files):
    log, events = files
    with running(lab, *PROMPT, "-l", str(log), "--events", str(events)):
        # A SYN scan completes nothing.
        nmap(lab, "-sS", "-T5", "-p", "1000-2000")
        nmap(lab, "-sT", "-T5", "-p", f"{PORTS[0]}-{PORTS[-1]}")
        until(lambda: len(lines(log)) >= len(PORTS), WRITTEN_S)
    written = lines(log)
    assert [line for line in written if not LINE.fullmatch(line)] == []
    seen = [json.loads(line) for line in written]
    assert sorted(line["dst_port"] for line in seen) == list(PORTS)
    assert {line["src_ip"] for line in seen} == {SOURCE}
    banners = greetings(town(*PROMPT), PORTS)
    assert {line["dst_port"] for line in seen if line["banner_len"]} == set(banners)
    for line in seen:
        banner = bytes.fromhex(line["banner_hex"])
        assert len(banner) == line["banner_len"] == (banners[line["dst_port"]].size if banner else 0)


def test_the_events_tell_a_session_from_its_start_to_its_end(lab, files):
    _, events = files
    with running(lab, *PROMPT, "--only", "vsftpd", "--events", str(events)):
        for target in (TARGET, TARGET6):
            with lab.inside("attacker"), socket.create_connection((target, 21), 2.0) as client:
                here = client.getsockname()
                assert client.recv(100).startswith(b"220 ")
                client.sendall(b"USER \x1b[31m\xff\r\n")
                assert client.recv(100).startswith(b"331 ")
                client.sendall(b"QUIT\r\n")
                assert client.recv(100).startswith(b"221 ")
                assert client.recv(100) == b""
        until(lambda: len(lines(events)) >= 12, WRITTEN_S)
    told = talks(events)
    assert [event["event"]["action"] for event in told] == [
        "session.open", "session.data", "service.request", "session.data", "service.request", "session.close",
    ] * 2  # fmt: skip
    for six, source, target in ((told[:6], SOURCE, TARGET), (told[6:], SOURCE6, TARGET6)):
        for event in six:
            assert (event["source"]["ip"], event["destination"]) == (
                source,
                {"ip": target, "port": 21}
                | ({"bytes": event["destination"]["bytes"]} if "bytes" in event["destination"] else {}),
            )
        opened, user, *_, closed = six
        assert opened["rawspoof"]["service"] == "vsftpd"
        assert opened["rawspoof"]["greeting"]["text"].startswith("220 (vsFTPd ")
        # What the attacker sent is told, and can do nothing to a terminal.
        assert user["rawspoof"]["payload"] == {
            "text": "USER \\x1b[31m\\xff\\r\\n", "hex": "55534552201b5b33316dff0d0a", "size": 13,
        }  # fmt: skip
        assert (closed["source"]["bytes"], closed["event"]["reason"]) == (19, "done")
        assert 0 < closed["event"]["duration"] < 2e9
    assert here[1] == told[-1]["source"]["port"]
    stamps = [event["@timestamp"] for event in told]
    assert stamps == sorted(stamps)


@pytest.mark.parametrize("target", [TARGET, TARGET6])
def test_all_that_a_peer_sends_is_heard(lab, files, target):
    """Far more than a window, in the largest segments that the kernels pass on between themselves."""
    _, events = files
    with running(lab, "--world", "open", "--events", str(events)):
        with lab.inside("attacker"), socket.create_connection((target, 4444), 2.0) as client:
            client.sendall(bytes(3_000_000))
            client.shutdown(socket.SHUT_WR)
            assert client.recv(1) == b""
        until(lambda: b"session.close" in events.read_bytes(), WRITTEN_S)
    told = talks(events)
    assert told[-1]["source"]["bytes"] == 3_000_000
    heard = (event["rawspoof"]["payload"]["size"] for event in told if event["event"]["action"] == "session.data")
    assert sum(heard) == 3_000_000


def test_lines_are_printed_when_asked_for(lab):
    read, write = os.pipe()
    with open(read) as said:
        with open(write, "wb") as stdout, running(lab, *PROMPT, "--only", "openssh", "-v", stdout=stdout):
            greeting(lab, "attacker", TARGET, 4444)
        (line,) = said.read().splitlines()
    assert LINE.fullmatch(line)
    assert json.loads(line)["dst_port"] == 4444


@pytest.mark.parametrize("option", ["--events", "-l"])
def test_a_full_disk_ends_nothing(lab, option):
    with running(lab, *PROMPT, "--only", "openssh", option, "/dev/full") as sensor:
        before = sensor.children()
        for port in range(1, 101):
            assert greeting(lab, "attacker", TARGET, port).startswith(b"SSH-2.0-")
        until(lambda: "/dev/full: events lost" in sensor.said(), WRITTEN_S)
        assert sensor.children() == before
        assert "No space left on device" in sensor.said()


@pytest.mark.alone
def test_nothing_is_lost_under_many_connections_at_once(lab, files):
    log, _ = files
    ports = range(1, 2001)
    with running(lab, *PROMPT, "-l", str(log)) as sensor:
        with connected(lab, TARGET, ports) as clients:
            hear(clients, lambda c: bool(c.heard), 2.0)
        until(lambda: len(lines(log)) >= len(ports), WRITTEN_S)
    assert sorted(json.loads(line)["dst_port"] for line in lines(log)) == list(ports)
    assert "nothing lost" in sensor.said()
