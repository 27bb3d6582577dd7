"""A test is sent by a sink of its own, whatever the real one would leave out."""

import socket

from rawspoof.config.model import Config
from rawspoof.config.sinks import Nats, Syslog
from rawspoof.edges.web.trials import trials
from tests.edges.sinks import samples


def test_a_syslog_server_hears_of_it():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        url = f"udp://127.0.0.1:{server.getsockname()[1]}"
        config = Config(sink=(Syslog(name="log", url=url, level=3), Nats(url="nats://127.0.0.1:1")))
        made = trials(config, "sensor", lambda: samples.AT)
        assert list(made) == ["log"]
        for _ in range(2):
            made["log"]()
            assert b"a test by the web admin of rawspoof" in server.recv(65536)
