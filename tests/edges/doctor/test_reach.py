"""Places that events go to, here on loopback: who answers, who does not, and whose name nobody knows."""

import socket
from threading import Event

import pytest

from rawspoof.config.load import load
from rawspoof.config.model import Config
from rawspoof.edges.doctor import reach
from rawspoof.edges.doctor.finding import Level


def configured(tmp_path, *urls: str, mail: str = ""):
    sinks = "".join(f'[[sink]]\nkind = "syslog"\nname = "{n}"\nurl = "{url}"\n' for n, url in enumerate(urls))
    (tmp_path / "r.toml").write_text(mail + sinks)
    return load(str(tmp_path / "r.toml"))


def ids(config, connect: bool = True) -> list[str]:
    return [finding.id for finding in reach.reach(config, connect)]


def test_nothing_is_sent_unless_asked_for(tmp_path, monkeypatch):
    def forbidden(*args: object, **kwargs: object) -> None:
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    (finding,) = reach.reach(configured(tmp_path, "tcp://log.example"), connect=False)
    assert (finding.level, finding.id) == (Level.GOOD, "outputs.untried")
    assert "--connect" in finding.what
    assert ids(Config(), connect=False) == ids(Config()) == []


def test_who_answers_and_who_does_not(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("127.0.0.1", 0)) as gone:
        ports = [one.getsockname()[1] for one in (server, gone)]
        gone.close()
        config = configured(tmp_path, *(f"tcp://127.0.0.1:{port}" for port in ports), "udp://127.0.0.1:9")
        assert ids(config) == ["outputs.reached", "outputs.unreachable", "outputs.resolved"]


def test_mail_is_a_place_too(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        mail = (
            f'[mail]\nenabled = true\nsmtp_host = "127.0.0.1"\nsmtp_port = {port}\nfrom_addr = "a@b"\nto_addr = "c@d"\n'
        )
        assert ids(configured(tmp_path, mail=mail)) == ["outputs.reached"]


def test_a_name_that_nobody_knows_is_told(tmp_path, monkeypatch):
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    (finding,) = reach.reach(configured(tmp_path, "tcp://log.example"), connect=True)
    assert finding.id == "outputs.unresolved"
    assert "log.example has no address: Name or service not known" in finding.what


def test_a_resolver_that_never_answers_holds_up_nobody(tmp_path, monkeypatch):
    over = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: over.wait(10))
    monkeypatch.setattr(reach, "PATIENCE_S", 0.05)
    findings = list(reach.reach(configured(tmp_path, "tcp://a.example", "tcp://b.example"), connect=True))
    assert [finding.id for finding in findings] == ["outputs.unresolved"] * 2
    over.set()


@pytest.mark.parametrize("count", [3, 40])
def test_so_many_places_are_tried_and_no_more(tmp_path, count):
    config = configured(tmp_path, *(f"udp://127.0.0.1:{port}" for port in range(1, count + 1)))
    assert len(reach.places(config)) == min(count, reach.PLACES_MAX)
