"""What an OpenTelemetry collector is told, in protobuf's JSON, and what it answers."""

import json

import pytest

from rawspoof.edges.sinks.chosen import Chosen
from rawspoof.edges.sinks.ecs import document
from rawspoof.edges.sinks.otlp import Otlp
from rawspoof.edges.sinks.post import Away

from .samples import CREDENTIAL, EXAMPLES


def plain(value):
    """An AnyValue as what it stands for."""
    ((kind, inner),) = value.items()
    if kind == "kvlistValue":
        return {pair["key"]: plain(pair["value"]) for pair in inner["values"]}
    if kind == "arrayValue":
        return [plain(one) for one in inner["values"]]
    return int(inner) if kind == "intValue" else inner


def test_the_body_is_the_whole_event():
    dialect = Otlp("", "trap", lambda count, why: None)
    rows = Chosen("trap")(EXAMPLES, 1)
    asked = dialect.request([(row, dialect.line(row)) for row in rows])
    assert asked.path == "/v1/logs"
    (resource,) = json.loads(asked.body)["resourceLogs"]
    about = {pair["key"]: plain(pair["value"]) for pair in resource["resource"]["attributes"]}
    assert about == {"service.name": "rawspoof", "host.name": "trap"}
    records = resource["scopeLogs"][0]["logRecords"]
    assert [plain(record["body"]) for record in records] == [document(event, "trap") for event in EXAMPLES]
    assert [plain(record["attributes"][0]["value"]) for record in records] == [row.id for row in rows]
    (credential,) = [record for record in records if record["eventName"] == "service.credential"]
    assert (credential["severityNumber"], credential["timeUnixNano"]) == (13, "1748788327841203000")
    assert CREDENTIAL in EXAMPLES


def test_a_path_of_ones_own_is_kept():
    assert Otlp("/otlp/v1/logs", "s", lambda count, why: None).request([]).path == ""


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"", 0),
        (b"{}", 0),
        (b'{"partialSuccess":null}', 0),
        (b'{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"too old"}}', 3),
        (b'{"partialSuccess":{"rejectedLogRecords":99}}', 5),
    ],
)
def test_what_was_thrown_away_is_counted(answer, expected):
    thrown = []
    assert Otlp("", "s", lambda count, why: thrown.append(count)).refused(200, answer, 5) == []
    assert sum(thrown) == expected


@pytest.mark.parametrize(("status", "answer"), [(200, b"<html>"), (200, b"[]"), (404, b""), (429, b""), (503, b"")])
def test_when_it_has_to_be_asked_again(status, answer):
    with pytest.raises(Away):
        Otlp("", "s", lambda count, why: None).refused(status, answer, 5)


def test_what_it_refuses():
    assert Otlp("", "s", lambda count, why: None).refused(400, b"", 2) == [0, 1]
