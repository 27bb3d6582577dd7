"""A webhook is told what matters, not too often, once, whatever its server does in between."""

import json
import socket

import pytest

from rawspoof.config.sinks import Webhook
from rawspoof.edges.sinks import lane, webhook
from tests.edges.sinks.samples import CREDENTIAL, DETECTED, ENDED, EXAMPLES
from tests.netns import farends
from tests.netns.farends import HOST, http
from tests.netns.sensors import running, start, until
from tests.netns.taps import TARGET

pytestmark = pytest.mark.netns

URL = f"http://{HOST}:8080/hook"


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(lane, "RETRY_S", 0.005)
    monkeypatch.setattr(lane, "RETRY_MAX_S", 0.02)


def texts(stub):
    return [json.loads(asked.body)["text"] for asked in stub.asked]


def test_only_what_matters_is_told(lab):
    sink = farends.sink(Webhook(url=URL))
    with farends.stub(lab, lambda asked: http(200, b"ok")) as stub:
        with lab.inside("attacker"):
            sink.write(EXAMPLES, 1)
        sink.close()
    assert [json.loads(asked.body)["kind"] for asked in stub.asked] == [
        "service.credential", "scan.detected", "scan.ended",
    ]  # fmt: skip


def test_a_server_that_fails_hangs_and_refuses_is_told_each_thing_once(lab, tmp_path):
    bad = [http(500), b"garbage\r\n\r\n", None, http(404), http(400), http(302)]
    sink = farends.sink(Webhook(url=URL, timeout_s=0.2))
    with farends.way(lab, [sink], tmp_path) as put:
        way = put([CREDENTIAL, DETECTED, ENDED])
        until(lambda: way.lanes[-1].failed.count >= 1, 3.0)
        with farends.stub(lab, lambda asked: bad.pop() if bad else http(204)) as stub:
            until(lambda: way.lanes[-1].written >= 3, 5.0)
    assert not bad
    assert [text.partition(":")[0] for text in texts(stub)[-3:]] == [
        "service.credential",
        "scan.detected",
        "scan.ended",
    ]
    assert len(stub.asked) == 6 + 3


def test_what_is_refused_for_what_it_is_does_not_hold_up_the_next(lab):
    sink = farends.sink(Webhook(url=URL))
    refused = 0
    with farends.stub(lab, lambda asked: http(400 if b"service.credential" in asked.body else 200)) as stub:
        with lab.inside("attacker"):
            for _ in range(webhook.TRIES_MAX - 1):
                with pytest.raises(OSError, match="400"):
                    sink.write([CREDENTIAL, DETECTED], 1)
                refused += 1
            sink.write([CREDENTIAL, DETECTED], 1)
        sink.close()
    assert (refused, sink.refused.count, texts(stub)[-1][:13]) == (4, 1, "scan.detected")


def test_the_rest_of_a_minute_is_told_by_its_number(lab, monkeypatch):
    monkeypatch.setattr(webhook, "MINUTE_S", 0.3)
    sink = farends.sink(Webhook(url=URL, per_minute=3))
    with farends.stub(lab, lambda asked: http(200)) as stub:
        with lab.inside("attacker"):
            sink.write([DETECTED] * 40, 1)
        assert len(stub.asked) == 3
        # No further event comes: a timer tells it.
        until(lambda: len(stub.asked) == 4, 3.0)
        assert texts(stub)[-1] == "… and 37 more"
        until(lambda: not sink._pace.left_s(), 1.0)
        monkeypatch.setattr(webhook, "MINUTE_S", 60.0)
        with lab.inside("attacker"):
            sink.write([DETECTED] * 5, 41)
            assert len(stub.asked) == 7
            # What waits when the sensor ends is told then.
            sink.close()
    assert texts(stub)[-1] == "… and 2 more"


def test_a_sensor_tells_of_a_credential(lab, tmp_path):
    """From the packet to the far end, with the configuration's own table."""
    (tmp_path / "url").write_text(f"http://{farends.ATTACKER}:8080/services/T0/B0/secret\n")
    (tmp_path / "conf.toml").write_text(
        f'[store]\nfolder = "{tmp_path}/store"\n[[sink]]\nkind = "webhook"\npreset = "slack"\n'
        f'url_file = "{tmp_path}/url"\nkinds = ["service."]\n'
    )
    tmp_path.chmod(0o755)
    with (
        farends.stub(lab, lambda asked: http(200, b"ok"), side="attacker") as stub,
        running(lab, "-c", str(tmp_path / "conf.toml"), "--delivery", "prompt", "--only", "vsftpd") as sensor,
        lab.inside("attacker"),
        socket.create_connection((TARGET, 21), 2.0) as client,
    ):
        for line in (b"USER <!channel>", b"PASS hunter2"):
            client.recv(100)
            client.sendall(line + b"\r\n")
        until(lambda: any("hunter2" in text for text in texts(stub)), 3.0)
    assert "&lt;!channel&gt;" in next(text for text in texts(stub) if "hunter2" in text)
    assert "secret" not in sensor.said()


def test_a_wrong_setting_is_told_at_the_start(lab, tmp_path):
    (tmp_path / "conf.toml").write_text('[[sink]]\nkind = "splunk"\nurl = "https://h"\nsecret_file = "/nowhere/x"\n')
    sensor = start(lab, tmp_path, "-c", str(tmp_path / "conf.toml"))
    assert sensor.process.wait(10) == 2
    assert "sink[0].secret_file: /nowhere/x: cannot be read: No such file or directory" in sensor.said()
