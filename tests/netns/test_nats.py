"""A real nats-server with JetStream, killed in mid-stream, ends up with every event once."""

import base64
import json
import shutil

import pytest
from msgspec.structs import replace

from rawspoof.config.sinks import Nats
from rawspoof.edges.sinks import nats
from rawspoof.edges.sinks.nats_client import Client, Request
from rawspoof.edges.sinks.nkey import NKey
from tests.netns import farends
from tests.netns.sensors import until

pytestmark = pytest.mark.netns

URL = f"nats://{farends.HOST}"
SEED = "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y"


def client(lab):
    with lab.inside("attacker"):
        return Client((farends.HOST, 4222), 5.0, None, False, "", "")


def state(lab):
    with_state = client(lab)
    (answer,) = with_state.ask([Request("$JS.API.STREAM.INFO.RAWSPOOF", b"")])
    with_state.close()
    return json.loads(answer).get("state", {"messages": 0})


def numbers(lab):
    """What the stored messages say, in their order."""
    count = state(lab)["messages"]
    asking = client(lab)
    subject = "$JS.API.STREAM.MSG.GET.RAWSPOOF"
    answers = asking.ask([Request(subject, json.dumps({"seq": n + 1}).encode()) for n in range(count)])
    asking.close()
    messages = [json.loads(answer)["message"] for answer in answers]
    return [json.loads(base64.b64decode(message["data"]))["source"]["bytes"] for message in messages]


def test_nothing_is_lost_and_nothing_twice_when_the_server_is_killed(lab, tmp_path):
    server = farends.nats(lab, tmp_path / "nats")
    sink = farends.sink(Nats(url=URL))
    batches = [farends.events(500, 1 + 500 * n) for n in range(20)]
    with farends.way(lab, [sink], tmp_path / "store") as put:
        for batch in batches[:10]:
            put(batch)
        until(lambda: state(lab)["messages"] > 500, 5.0)
        farends.killed(server)
        for batch in batches[10:]:
            way = put(batch)
        until(lambda: way.lanes[-1].failed.count >= 2, 5.0)
        farends.nats(lab, tmp_path / "nats")
        until(lambda: way.lanes[-1].written >= 10_000, 10.0)
    assert numbers(lab) == list(range(1, 10_001))


def test_a_batch_of_which_no_answer_came_is_there_once_even_after_the_window(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(nats, "WINDOW_S", 0.1)
    farends.nats(lab, tmp_path)
    with lab.inside("attacker"):
        for end in (60, 100):
            sink = farends.sink(Nats(url=URL))
            sink.write(farends.events(end), 1)
            sink.close()
            until(lambda: True, 1.0)
        # The same numbers at other times are other events: the store was begun anew.
        sink = farends.sink(Nats(url=URL))
        sink.write(farends.events(100, 1001), 1)
        sink.close()
    assert numbers(lab) == [*range(1, 101), *range(1001, 1101)]


def test_what_the_server_lost_in_its_death_is_told_again(lab, tmp_path):
    folder, before = tmp_path / "nats", tmp_path / "before"
    server = farends.nats(lab, folder)
    with farends.way(lab, [farends.sink(Nats(url=URL))], tmp_path / "store") as put:
        way = put(farends.events(500))
        until(lambda: way.lanes[-1].written >= 500, 5.0)
        shutil.copytree(folder, before)
        put(farends.events(500, 501))
        until(lambda: way.lanes[-1].written >= 1000, 5.0)
        farends.killed(server)
        shutil.rmtree(folder)
        before.rename(folder)
        farends.nats(lab, folder)
        put(farends.events(100, 1001))
        until(lambda: state(lab)["messages"] >= 1100, 5.0)
    assert numbers(lab) == list(range(1, 1101))


def test_without_jetstream_nothing_counts_as_taken(lab, tmp_path):
    farends.serve(lab, 4222, ["nats-server", "-a", farends.HOST, "-p", "4222"])
    for create in (True, False):
        sink = farends.sink(Nats(url=URL, create=create))
        with lab.inside("attacker"), pytest.raises(OSError, match="JetStream is off"):
            sink.write(farends.events(2), 1)
        sink.close()


def test_what_the_server_finds_too_large_is_counted_and_the_rest_taken(lab, tmp_path, caplog):
    (tmp_path / "conf").write_text("max_payload: 1500\n")
    farends.nats(lab, tmp_path / "nats", "-c", str(tmp_path / "conf"))
    sink = farends.sink(Nats(url=URL))
    one, two, three = farends.events(3)
    with lab.inside("attacker"):
        sink.write([one, replace(two, data=b"y" * 1000), three], 1)
        sink.close()
    assert numbers(lab) == [1, 3]
    assert "events lost: 1 so far" in caplog.text


@pytest.mark.parametrize(
    ("users", "secret", "user"),
    [
        ('token: "t0ken"', "t0ken", ""),
        ("users: [{user: trap, password: p4ss}]", "p4ss", "trap"),
        ("users: [{nkey: PUBLIC}]", SEED, ""),
    ],
)
def test_token_user_and_key(lab, tmp_path, users, secret, user):
    users = users.replace("PUBLIC", NKey(SEED).public) if "PUBLIC" in users else users
    (tmp_path / "conf").write_text(f"authorization {{ {users} }}\n")
    (tmp_path / "secret").write_text(secret)
    farends.nats(lab, tmp_path / "nats", "-c", str(tmp_path / "conf"))
    with lab.inside("attacker"):
        sink = farends.sink(Nats(url=URL, user=user, secret_file=str(tmp_path / "secret")))
        sink.write(farends.events(3), 1)
        sink.close()
        with pytest.raises(OSError, match="Authorization Violation"):
            farends.sink(Nats(url=URL)).write(farends.events(1), 1)


def test_tls(lab, tmp_path):
    pem = str(farends.certificate(tmp_path))
    farends.nats(lab, tmp_path / "nats", "--tls", "--tlscert", pem, "--tlskey", pem)
    with lab.inside("attacker"):
        with pytest.raises(OSError, match="certificate verify failed"):
            farends.sink(Nats(url=URL)).write(farends.events(1), 1)
        sink = farends.sink(Nats(url=f"tls://{farends.HOST}", ca_file=pem))
        sink.write(farends.events(3), 1)
        sink.close()
