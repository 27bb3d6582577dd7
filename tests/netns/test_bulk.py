"""Elasticsearch, ClickHouse, Splunk and OpenTelemetry as a stub that fails, hangs, refuses and answers garbage."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from rawspoof.config.sinks import Clickhouse, Elasticsearch, Otlp, Redis, Splunk, Syslog, Webhook
from rawspoof.edges.sinks import bulk, lane
from tests.netns import farends
from tests.netns.farends import HOST, http
from tests.netns.sensors import tell, until

pytestmark = pytest.mark.netns

URL = f"http://{HOST}:8080"
COUNT = 800
POISON = 400
"""A document that nobody wants."""


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(lane, "RETRY_S", 0.005)
    monkeypatch.setattr(lane, "RETRY_MAX_S", 0.02)


class Shop:
    """What all four have in common: documents by id, and bad days."""

    def __init__(self):
        self.kept: list[int] = []
        self.turns = 0

    def __call__(self, asked):
        """Each third request goes wrong, now before anything is kept and now after."""
        self.turns += 1
        bad = (None, lambda: http(503, b"busy"), lambda: b"\x00garbage\r\n\r\n", lambda: http(429), lambda: b"")
        which = bad[(self.turns // 3) % 5] if self.turns % 3 == 0 else None
        if which and self.turns % 2:
            return which()
        answer = self.take(asked)
        return which() if which else answer


class ElasticsearchShop(Shop):
    def take(self, asked):
        assert asked.path == "/es/_bulk"
        lines = [json.loads(line) for line in asked.body.splitlines()]
        items = []
        for what, document in zip(lines[::2], lines[1::2], strict=True):
            number = document["source"]["bytes"]
            status = 400 if number == POISON else 409 if number in self.kept else 201
            assert what["create"]["_id"].startswith(f"{farends.SENSOR}-{number}-")
            self.kept += [number] if status == 201 else []
            items.append({"create": {"status": status, "error": {"type": "x"}}})
        return http(200, json.dumps({"errors": True, "items": items}).encode())


class ClickhouseShop(Shop):
    def __init__(self):
        super().__init__()
        self.tokens = set()

    def take(self, asked):
        query = {key: values[0] for key, values in parse_qs(urlsplit(asked.path).query).items()}
        assert query["query"] == "INSERT INTO rawspoof.events FORMAT JSONEachRow"
        assert asked.headers["x-clickhouse-user"] == "trap"
        numbers = [json.loads(line)["number"] for line in asked.body.splitlines()]
        if POISON in numbers:
            return http(400, b"Code: 27. DB::Exception: Cannot parse")
        if query["insert_deduplication_token"] not in self.tokens:
            self.tokens.add(query["insert_deduplication_token"])
            self.kept += numbers
        return http(200)


class SplunkShop(Shop):
    """Splunk cannot tell what comes twice: it is asked what it has, each once."""

    def take(self, asked):
        assert (asked.path, asked.headers["authorization"]) == ("/services/collector/event", "Splunk t0ken")
        said = [json.loads(line) for line in asked.body.splitlines()]
        numbers = [one["fields"]["number"] for one in said]
        if POISON in numbers:
            return http(400, b'{"text":"Invalid data format","code":6,"invalid-event-number":3}')
        self.kept += [number for number in numbers if number not in self.kept]
        return http(200, b'{"text":"Success","code":0}')


class OtlpShop(Shop):
    def take(self, asked):
        assert asked.path == "/v1/logs"
        (resource,) = json.loads(asked.body)["resourceLogs"]
        records = resource["scopeLogs"][0]["logRecords"]
        numbers = [int(record["attributes"][1]["value"]["intValue"]) for record in records]
        if POISON in numbers:
            return http(400, b'{"code":3,"message":"bad"}')
        self.kept += [number for number in numbers if number not in self.kept]
        return http(200, b"{}")


@pytest.mark.parametrize(
    ("shop", "settings"),
    [
        (ElasticsearchShop(), lambda secret: Elasticsearch(url=f"{URL}/es/", timeout_s=0.15)),
        (ClickhouseShop(), lambda secret: Clickhouse(url=URL, user="trap", secret_file=secret, timeout_s=0.15)),
        (SplunkShop(), lambda secret: Splunk(url=URL, secret_file=secret, timeout_s=0.15)),
        (OtlpShop(), lambda secret: Otlp(url=URL, timeout_s=0.15)),
    ],
)
def test_bad_days_lose_nothing_and_one_bad_document_holds_up_no_other(lab, tmp_path, shop, settings):
    (tmp_path / "secret").write_text("t0ken")
    sink = farends.sink(settings(str(tmp_path / "secret")))
    with farends.stub(lab, shop), farends.way(lab, [sink], tmp_path / "store") as put:
        for first in range(1, COUNT, 100):
            way = put(farends.events(100, first))
        until(lambda: way.lanes[-1].written >= COUNT, 15.0)
        assert way.lanes[-1].failed.count > 3
    assert sorted(shop.kept) == [n for n in range(1, COUNT + 1) if n != POISON]
    assert sink.dropped.count == 1


def test_a_place_that_is_wrong_throws_nothing_away(lab, tmp_path):
    """401, 403, 404: somebody will mend it, and everything is still there."""
    answers = [401, 403, 404] * 3
    shop = OtlpShop()
    sink = farends.sink(Otlp(url=URL))
    with (
        farends.stub(lab, lambda asked: http(answers.pop()) if answers else shop.take(asked)),
        farends.way(lab, [sink], tmp_path / "store") as put,
    ):
        way = put(farends.events(10))
        until(lambda: way.lanes[-1].written >= 10, 5.0)
    assert (shop.kept, sink.dropped.count) == (list(range(1, 11)), 0)


def test_too_much_at_once_is_halved_at_once(lab):
    shop = OtlpShop()
    sink = farends.sink(Otlp(url=URL))
    with farends.stub(lab, lambda asked: http(413) if len(asked.body) > 20_000 else shop.take(asked)):
        with lab.inside("attacker"):
            sink.write(farends.events(200), 1)
        sink.close()
    assert (shop.kept, sink.dropped.count) == (list(range(1, 201)), 0)
    assert bulk.TRIES_MAX > 1


def test_a_dead_sink_delays_no_other(lab, tmp_path):
    """One hangs, one is refused, one points elsewhere, one is nowhere: the good one is as fast as alone."""
    dead = [
        Webhook(url=f"http://{HOST}:8081/hangs", kinds=(), level=0),
        Redis(url=f"redis://{HOST}"),
        Splunk(url=f"http://{HOST}:8082", secret_file=str(tmp_path / "secret")),
        Syslog(url="tcp://198.51.100.99:601"),
    ]
    (tmp_path / "secret").write_text("t0ken")
    took = {}
    with (
        farends.stub(lab, lambda asked: None, 8081),
        farends.stub(lab, lambda asked: http(302), 8082),
        farends.stub(lab, lambda asked: http(200, b"{}")),
    ):
        for name, settings in (("alone", []), ("with four dead ones", dead)):
            sinks = [farends.sink(Otlp(url=URL)), *(farends.sink(each) for each in settings)]
            with farends.way(lab, sinks, tmp_path / name) as put:
                begun, longest = time.monotonic(), 0.0
                for first in range(1, 5000, 50):
                    before = time.monotonic()
                    way = put(farends.events(50, first))
                    longest = max(longest, time.monotonic() - before)
                good = way.lanes[1]
                until(lambda good=good: good.written >= 5000, 10.0)
                took[name] = time.monotonic() - begun
                tell(f"{name}: 5000 events in {took[name]:.2f} s, longest put {longest * 1000:.1f} ms")
                assert all(not other.written for other in way.lanes[2:])
    assert took["with four dead ones"] < 3 * took["alone"] + 1.0
