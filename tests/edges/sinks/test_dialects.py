"""What three stores are told, and what their answers mean."""

import json

import pytest

from rawspoof.config.sinks import Clickhouse, Elasticsearch, Splunk
from rawspoof.edges.sinks import dialects
from rawspoof.edges.sinks.chosen import Chosen
from rawspoof.edges.sinks.post import Away

from .samples import AT, CREDENTIAL, EXAMPLES

ROWS = Chosen("trap")(EXAMPLES, 1)


def request(dialect):
    return dialect.request([(row, dialect.line(row)) for row in ROWS])


def items(*statuses):
    return json.dumps({"items": [{"create": {"status": status, "error": "why"}} for status in statuses]}).encode()


def test_elasticsearch_gets_two_lines_an_event():
    asked = request(dialects.Elasticsearch(Elasticsearch(url="http://h", index="i"), "trap"))
    lines = [json.loads(line) for line in asked.body.split(b"\n")[:-1]]
    assert lines[::2] == [{"create": {"_index": "i", "_id": row.id}} for row in ROWS]
    assert [line["event"]["action"] for line in lines[1::2]][:2] == ["session.open", "session.data"]


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        (200, items(201, 200, 409), []),
        (200, items(201, 400, 409), [1]),
        (413, b"", [0, 1, 2]),
    ],
)
def test_what_elasticsearch_refused(status, answer, expected):
    assert dialects.Elasticsearch(Elasticsearch(url="http://h"), "s").refused(status, answer, 3) == expected


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (200, items(201, 429, 400)),
        (200, items(201, 404, 201)),
        (200, items(201)),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"items": [{}]}'),
        (401, items(201, 201, 201)),
        (503, b""),
        (302, b""),
    ],
)
def test_when_elasticsearch_has_to_be_asked_again(status, answer):
    with pytest.raises(Away):
        dialects.Elasticsearch(Elasticsearch(url="http://h"), "s").refused(status, answer, 3)


def test_clickhouse_gets_one_row_an_event():
    asked = request(dialects.Clickhouse(Clickhouse(url="http://h"), "trap"))
    rows = [json.loads(line) for line in asked.body.splitlines()]
    assert [row["id"] for row in rows] == [row.id for row in ROWS]
    assert (rows[0]["at"], rows[0]["src"], rows[0]["dport"]) == ("2025-06-01 14:32:07.841203", "198.51.100.42", 443)
    assert json.loads(rows[0]["event"])["event"]["action"] == rows[0]["kind"]


def test_clickhouse_knows_the_same_rows_again_and_no_others():
    dialect = dialects.Clickhouse(Clickhouse(url="http://h"), "trap")
    made = [(row, dialect.line(row)) for row in ROWS]
    assert dialect.request(made) == dialect.request(list(made))
    assert len({dialect.request(some).path for some in (made, made[1:], made[:-1])}) == 3


def test_what_clickhouse_means():
    dialect = dialects.Clickhouse(Clickhouse(url="http://h"), "s")
    assert (dialect.refused(200, b"", 2), dialect.refused(400, b"Code: 27", 2)) == ([], [0, 1])
    for status, answer in ((200, b"<html>welcome"), (404, b"Code: 60"), (500, b""), (403, b"")):
        with pytest.raises(Away):
            dialect.refused(status, answer, 2)


def test_splunk_gets_one_object_an_event():
    asked = request(dialects.Splunk(Splunk(url="http://h", index="main"), "trap"))
    said = [json.loads(line) for line in asked.body.splitlines()]
    assert [one["fields"] for one in said] == [{"id": row.id, "number": row.number} for row in ROWS]
    assert {(one["host"], one["index"], one["time"]) for one in said} == {("trap", "main", AT)}
    assert said[EXAMPLES.index(CREDENTIAL)]["event"]["user"]["name"] == "root\\x1b[2J"


def test_what_splunk_means():
    dialect = dialects.Splunk(Splunk(url="http://h"), "s")
    assert dialect.refused(200, b'{"text":"Success","code":0}', 2) == []
    assert dialect.refused(400, b'{"code":6}', 2) == dialect.refused(413, b"", 2) == [0, 1]
    for status, answer in (
        (200, b"{}"),
        (200, b"ok"),
        (400, b'{"code":7}'),
        (400, b""),
        (403, b'{"code":4}'),
        (503, b""),
    ):
        with pytest.raises(Away):
            dialect.refused(status, answer, 2)
