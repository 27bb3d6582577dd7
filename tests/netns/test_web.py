"""The web admin of a running sensor: its port, its password, its TLS, what it tells of a real scan, and its restart."""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager

import pytest

from tests.netns.sensors import ruleset, running, start, until
from tests.netns.taps import SOURCE, TARGET, call, greeting

pytestmark = pytest.mark.netns

PASSWORD = "admin:secret word"
QUICK = ("--delivery", "prompt", "--only", "openssh")


@pytest.fixture
def passwd(tmp_path):
    path = tmp_path / "admin.passwd"
    path.write_text(PASSWORD)
    path.chmod(0o600)
    return str(path)


def curl(lab, *args, side="sensor", user=PASSWORD, timeout="8"):
    """What curl prints: the body, and the status in the last line."""
    login = ["-u", user] if user else []
    return call(lab, side, "curl", "-s", "-k", "-m", timeout, "-w", "\n%{http_code}", *login, *args)


def asked(lab, path, *args, **kwargs):
    """The body as JSON, of a request that succeeds."""
    body, _, status = curl(lab, f"http://127.0.0.1:8080{path}", *args, **kwargs).rpartition("\n")
    assert status == "200", body
    return json.loads(body)


def test_a_scan_is_told_as_portspoof_py_would(lab, passwd):
    with running(lab, "--admin-port", "8080", "--admin-passwd", passwd, *QUICK) as sensor:
        call(lab, "attacker", "nmap", "-n", "-Pn", "-sT", "-T4", "-p", "1-100", TARGET)
        until(lambda: asked(lab, "/api/stats")["total_connections"] == 100, 5.0)
        stats = asked(lab, "/api/stats")
        assert stats["top_ips"] == [{"ip": SOURCE, "count": 100, "country": ""}]
        until(lambda: asked(lab, "/api/stats")["packets"] >= 200, 3.0)
        # The recipes of portspoof-py's README, as a shell runs them.
        base = f"curl -s -u '{PASSWORD}' http://127.0.0.1:8080/api"
        shown = call(lab, "sensor", "sh", "-c", f"{base}/stats | {sys.executable} -m json.tool")
        assert '"ports_mapped": 65536' in shown
        shown = call(lab, "sensor", "sh", "-c", f"{base}/connections?limit=10 | {sys.executable} -m json.tool")
        assert shown.count('"src_ip": "198.51.100.2"') == 10
        pick = f"{sys.executable} -c 'import json,sys; print(json.load(sys.stdin)[\"banner_text\"])'"
        shown = call(lab, "sensor", "sh", "-c", f"{base}/banner?port=22'&'host={TARGET} | {pick}")
        assert shown.strip() == greeting(lab, "attacker", TARGET, 22).decode().strip()
        assert len(asked(lab, f"/api/sources/{SOURCE}")["scans"]) <= 1
        assert "broke" not in sensor.said()


def test_a_block_goes_all_the_way(lab, passwd):
    with running(lab, "--admin-port", "8080", "--admin-passwd", passwd, *QUICK):
        write = ("-H", "X-Rawspoof: 1", "-H", "content-type: application/json")
        made = asked(lab, "/api/blocks", *write, "-d", '{"address": "203.0.113.9", "seconds": 60}')
        assert (made["address"], made["reason"]) == ("203.0.113.9", "operator")
        assert "203.0.113.9" in ruleset(lab)
        until(lambda: asked(lab, "/api/blocks")["total"] == 1, 2.0)
        refused = curl(lab, "http://127.0.0.1:8080/api/blocks", *write, "-d", json.dumps({"address": TARGET}))
        assert "an address of this machine" in refused
        assert asked(lab, "/api/blocks/203.0.113.9", *write, "-X", "DELETE") == {"ok": True}
        assert "203.0.113.9" not in ruleset(lab)
        until(lambda: asked(lab, "/api/blocks")["total"] == 0, 2.0)


def test_beyond_loopback_it_speaks_tls_and_its_port_is_exempt(lab, passwd):
    options = ("--admin-host", TARGET, "--admin-port", "8443", "--admin-passwd", passwd, *QUICK)
    with running(lab, *options) as sensor:
        url = f"https://{TARGET}:8443/api/stats"
        for user, status in ((PASSWORD, "200"), ("admin:wrong", "401"), ("", "401")):
            assert curl(lab, url, side="attacker", user=user).endswith(f"\n{status}")
        assert curl(lab, url, "-H", "Host: evil.example", side="attacker").endswith("\n421")
        shown = f"openssl s_client -connect {TARGET}:8443 </dev/null 2>/dev/null | openssl x509 -noout -fingerprint"
        fingerprint = call(lab, "attacker", "sh", "-c", f"{shown} -sha256")
        assert fingerprint.strip().partition("=")[2] in sensor.said()
        assert greeting(lab, "attacker", TARGET, 8442).startswith(b"SSH-2.0-")
        # By a rule of its own: the port is no bait either while nobody listens there.
        assert "8443" in ruleset(lab)


def test_a_killed_collector_serves_again_and_has_forgotten_nothing(lab, passwd):
    with running(lab, "--admin-port", "8080", "--admin-passwd", passwd, *QUICK) as sensor:
        call(lab, "attacker", "nmap", "-n", "-Pn", "-sT", "-T4", "-p", "1-50", TARGET)
        until(lambda: asked(lab, "/api/stats")["total_connections"] == 50, 5.0)
        before = asked(lab, "/api/stats")
        os.kill(sensor.children()["collec"], signal.SIGKILL)
        until(lambda: asked(lab, "/api/stats")["total_connections"] == 50, 5.0)
        after = asked(lab, "/api/stats")
        assert after["uptime_s"] >= before["uptime_s"]
        assert after["top_ips"] == before["top_ips"]
        assert sorted(one["port"] for one in asked(lab, "/api/ports")["top"]) == sorted(
            one["port"] for one in after["top_ports"]
        )


def test_mail_settings_are_kept_and_count_after_a_restart_of_the_collector(lab, passwd):
    with running(lab, "--admin-port", "8080", "--admin-passwd", passwd, *QUICK) as sensor:
        write = ("-H", "X-Rawspoof: 1", "-H", "content-type: application/json")
        wish = {"smtp_host": "mail.example", "smtp_user": "me@example.org", "smtp_password": "hidden"}
        told = asked(lab, "/api/email/config", *write, "-d", json.dumps(wish))
        assert (told["smtp_host"], told["smtp_password"]) == ("mail.example", "********")
        os.kill(sensor.children()["collec"], signal.SIGKILL)
        assert asked(lab, "/api/email/config") == told
        path = sensor.folder / "web" / "email.json"
        assert (path.stat().st_mode & 0o777, json.loads(path.read_text())["smtp_password"]) == (0o600, "hidden")


@contextmanager
def watching(lab, count):
    """So many who watch what happens, for at most 15 s."""
    argv = ["curl", "-s", "-N", "-m", "15", "-u", PASSWORD, "http://127.0.0.1:8080/api/stream"]
    with ExitStack() as open_ones:
        watchers = [open_ones.enter_context(lab.run("sensor", argv, stdout=subprocess.PIPE)) for _ in range(count)]
        try:
            until(lambda: asked(lab, "/api/health")["web"]["watching"] == count, 5.0)
            yield watchers
        finally:
            for watcher in watchers:
                watcher.kill()


@pytest.mark.alone
def test_many_who_watch_and_one_who_does_not_read(lab, passwd):
    with running(lab, "--admin-port", "8080", "--admin-passwd", passwd, *QUICK) as sensor:
        with watching(lab, 50) as watchers:
            os.kill(watchers[0].pid, signal.SIGSTOP)
            call(lab, "attacker", "nmap", "-n", "-Pn", "-sT", "-T4", "-p", "1-2000", TARGET)
            told = ""
            for line in watchers[1].stdout:
                told += line.decode()
                if "event: feed" in told and "event: source" in told:
                    break
            assert '"kind":"session.open"' in told
            until(lambda: asked(lab, "/api/stats")["total_connections"] == 2000, 5.0)
        until(lambda: asked(lab, "/api/health")["web"]["watching"] == 0, 5.0)
        assert "broke" not in sensor.said()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda path: path.chmod(0o644), "chmod 600"),
        (lambda path: path.write_text("nothing"), "expected one line `user:password`"),
        (lambda path: path.unlink(), "No such file or directory: `rawspoof admin passwd` makes one"),
    ],
)
def test_a_bad_password_file_is_named_and_nothing_started(lab, tmp_path, passwd, change, why):
    change(tmp_path / "admin.passwd")
    folder = tmp_path / "state"
    folder.mkdir()
    sensor = start(lab, folder, "--admin-port", "8080", "--admin-passwd", passwd)
    assert sensor.process.wait(20) == 2
    assert why in sensor.said()
    assert ruleset(lab) == ""


def test_a_taken_port_is_named(lab, tmp_path, passwd):
    taken = lab.run("sensor", ["nc", "-l", "127.0.0.1", "8080"])
    until(lambda: "8080" in call(lab, "sensor", "ss", "-ltn"), 2.0)
    sensor = start(lab, tmp_path, "--admin-port", "8080", "--admin-passwd", passwd)
    assert sensor.process.wait(20) == 2
    assert "admin.port: 127.0.0.1 port 8080: Address already in use: name another" in sensor.said()
    taken.kill()
    taken.wait()
