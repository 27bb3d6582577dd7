"""A hub reads a real broker of Debian's: each event once, whatever dies; each sensor speaks for itself only."""

from collections import Counter
from contextlib import ExitStack, closing

import httpx
import pytest

from rawspoof.edges.sinks.forms.lossless import encode
from rawspoof.edges.sinks.named import open_sink
from rawspoof.edges.sinks.nats_client import NatsError, Request
from rawspoof.edges.store.queries import Filter, Reader
from tests.netns import farends
from tests.netns.hubs import events, hub
from tests.netns.sensors import running, until
from tests.netns.taps import TARGET, call

pytestmark = pytest.mark.netns

NAMES = ("paris", "tokyo", "lima")
EACH = 1500
BATCH = 100
WITHIN_S = 30.0
PASSWORD = "s3cret word"


def kept(made):
    """What the hub's store has of each sensor: the numbers that its events have there, in order."""
    with closing(Reader(made.store)) as reader:
        found = {name: [] for name in NAMES}
        for _, event, sensor in reader.events():
            found[sensor].append(event.size)
    return found


def total(made):
    with closing(Reader(made.store)) as reader:
        return sum(count for _, count in reader.count("sensor", Filter(), 99))


def test_every_event_is_there_once_whatever_dies(lab):
    with hub(lab, *NAMES) as made, ExitStack() as ways:
        made.start()
        puts = [
            ways.enter_context(farends.way(lab, [open_sink(made.sink(name), name)], made.folder / f"{name}.store"))
            for name in NAMES
        ]

        def tell(first, last):
            for number in range(first, last, BATCH):
                for put in puts:
                    put(events(BATCH, number))

        tell(1, 501)
        until(lambda: total(made) > 300, WITHIN_S)
        farends.killed(made.broker)
        tell(501, 1001)
        made.kill()
        made.serve()
        tell(1001, EACH + 1)
        made.start()
        until(lambda: total(made) > 2000, WITHIN_S)
        made.kill()
        made.start()
        until(lambda: total(made) >= EACH * len(NAMES), WITHIN_S)
        assert {name: sorted(numbers) for name, numbers in kept(made).items()} == {
            name: list(range(1, EACH + 1)) for name in NAMES
        }
        with closing(Reader(made.store)) as reader:
            assert [one.number for one in reader.events()] == list(range(1, EACH * len(NAMES) + 1))


def refused(client, subject, data=b""):
    """Whether the broker does not let this be published."""
    try:
        client.ask([Request(subject, data)])
    except NatsError as error:
        return "Permissions Violation" in str(error)
    return False


def test_a_sensor_speaks_for_itself_only_and_reads_nobody_elses(lab):
    (one,) = events(1)
    with hub(lab, "paris", "tokyo") as made:
        made.start()
        with lab.inside("attacker"):
            for subject in (
                "rawspoof.tokyo.syn.data",
                "$KV.RAWSPOOF_SENSORS.tokyo",
                "$KV.RAWSPOOF_BLOCKS.tokyo.01020304",
                "$JS.API.STREAM.MSG.GET.RAWSPOOF",
                "$JS.API.CONSUMER.CREATE.RAWSPOOF",
                "$JS.API.DIRECT.GET.RAWSPOOF.rawspoof.tokyo.syn.data",
                "$JS.API.STREAM.DELETE.RAWSPOOF",
                "$JS.API.STREAM.PURGE.RAWSPOOF",
            ):
                with closing(made.dial("paris")()) as client:
                    assert refused(client, subject), subject
            with closing(made.dial("paris")()) as client:
                info = Request("$JS.API.STREAM.INFO.RAWSPOOF", b"")
                until(lambda: b'"state"' in (client.ask([info])[0] or b""), 5.0)
                client.ask([Request("rawspoof.paris.syn.data", encode(one))])
                # What it said itself, sent on by the broker to where another sensor speaks.
                client.publish("$JS.API.DIRECT.GET.RAWSPOOF.rawspoof.paris.syn.data", b"", "rawspoof.tokyo.syn.data")
                client.publish("$JS.API.STREAM.INFO.RAWSPOOF", b"", "rawspoof.tokyo.syn.data")
                client.ask([Request("rawspoof.paris.syn.data", b"no event")])
                client.ask([Request("rawspoof.paris.syn.data", encode(one), {"Nats-Msg-Id": "a-2-0000000000000000"})])
            for inbox in ("_INBOX.>", "_INBOX.tokyo.>", "rawspoof.>"):
                with closing(made.dial("paris")()) as client:
                    client.subscribe(inbox)
                    assert refused(client, info.subject), inbox
        until(lambda: total(made) == 2, 5.0)
        with closing(Reader(made.store)) as reader:
            assert [(event, sensor) for _, event, sensor in reader.events()] == [(one, "paris")] * 2
        assert "messages that are no event: 1 so far" in made.said()


def test_a_real_sensor_is_scanned_and_the_hub_shows_it(lab):
    with hub(lab, "paris") as made:
        passwd = made.folder / "passwd"
        passwd.write_text(f"admin:{PASSWORD}\n")
        passwd.chmod(0o600)
        made.start("--admin-port", "8081", "--admin-passwd", str(passwd))
        conf = made.folder / "sensor.toml"
        conf.write_text(
            f'[fleet]\nurl = "tls://{TARGET}"\nname = "paris"\nsecret_file = "{made.seed("paris")}"\n'
            f'ca_file = "{made.pem}"\nhealth_s = 1\n[world]\ndelivery = "prompt"\n'
        )
        with running(lab, "-c", str(conf)) as sensor:
            call(lab, "attacker", "nmap", "-n", "-Pn", "-sT", "-p", "20-60", TARGET)

            def ask(path):
                with lab.inside("sensor"), httpx.Client(auth=("admin", PASSWORD)) as client:
                    return client.get(f"http://127.0.0.1:8081{path}", timeout=5.0).json()

            until(lambda: ask("/api/events?sensor=paris&kind=session.open&limit=500")["items"], 10.0)
            told = until(lambda: [one for one in ask("/api/sensors")["items"] if one["version"]], 10.0)[0]
            assert (told["name"], told["status"], told["lost"]) == ("paris", "ok", 0)
            until(lambda: ask("/api/sources?sensor=paris")["total"], 10.0)
            (source,) = ask("/api/sources?sensor=paris")["items"]
            assert source["sensors"] == ["paris"]
            assert ask("/api/sources?sensor=nobody")["total"] == 0
            # What the sensor has, the hub has.
            with closing(Reader(sensor.folder / "store")) as own:
                until(lambda: total(made) == own.last(), 10.0)
                theirs = Counter(encode(one.event) for one in own.events())
        with closing(Reader(made.store)) as reader:
            assert Counter(encode(one.event) for one in reader.events()) >= theirs
        health = ask("/api/health")
        assert health["status"] == "ok", health["reasons"]
        assert ask("/api/banner?port=22")["error"].startswith("this is a hub")
