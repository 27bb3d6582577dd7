"""Each table of the configuration becomes its sink, or a line that names the key."""

import logging

import pytest

from rawspoof.config import sinks as settings
from rawspoof.config.model import Config
from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.sinks.named import open_far

URLS = {
    settings.Syslog: "tls://h", settings.Nats: "nats://h", settings.Redis: "redis://h",
    settings.Webhook: "https://h/secret", settings.Splunk: "https://h", settings.Otlp: "https://h",
    settings.Elasticsearch: "https://h", settings.Clickhouse: "https://h",
}  # fmt: skip


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret"
    path.write_text("hunter2\nnot this\n")
    return str(path)


def complaint(*tables):
    with pytest.raises(SinkError) as caught:
        open_far(Config(sink=tables), "trap")
    return str(caught.value)


def test_every_kind_is_made_and_connects_to_nobody(secret):
    keyed = {kind: {"secret_file": secret} for kind in URLS if issubclass(kind, settings.Keyed)}
    made = open_far(Config(sink=tuple(kind(url=url, **keyed.get(kind, {})) for kind, url in URLS.items())), "trap")
    assert [sink.name for sink in made] == [
        "syslog h:6514", "nats h:4222", "redis h:6379", "webhook generic", "splunk h:8088", "otlp h:4318",
        "elasticsearch h:9200", "clickhouse h:8443",
    ]  # fmt: skip
    for sink in made:
        sink.write([], 1)
        sink.reopen()
        sink.close()


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (settings.Otlp(url="https://h", ca_file="/nowhere"), "sink[0].ca_file: /nowhere: expected certificates in PEM"),
        (settings.Otlp(url="https://h", cert_file="/dev/null"), "sink[0].cert_file: /dev/null: expected certificates"),
        (
            settings.Otlp(url="https://h", secret_file="/nowhere"),
            "sink[0].secret_file: /nowhere: cannot be read: No such",
        ),
        (settings.Otlp(url="https://h", secret_file="/proc/self/environ"), "sink[0].secret_file: expected a line"),
        (settings.Otlp(url="https://h", secret_env="RAWSPOOF_NONE"), "sink[0].secret_env: there is no environment"),
        (settings.Splunk(url="https://h"), "sink[0].secret_file: expected the collector's token"),
        (settings.Redis(url="redis://h", user="u"), "sink[0].user: expected secret_file or secret_env"),
        (settings.Webhook(url="https://h", body='"{txet}"'), "sink[0].body: expected of "),
    ],
)
def test_a_wrong_setting_is_told_by_its_key(table, expected):
    said = complaint(table)
    assert said.startswith(expected)
    assert "\n" not in said


def test_a_secret_is_never_told(secret, monkeypatch, caplog):
    monkeypatch.setenv("SEED", "SU" + "A" * 56)
    monkeypatch.setenv("HOOK", "htps://h/T0/hunter2")
    monkeypatch.setenv("ODD", "hünter2")
    caplog.set_level(logging.DEBUG)
    for table in (
        settings.Nats(url="nats://h", secret_env="SEED"),
        settings.Webhook(url_env="HOOK"),
        settings.Otlp(url="https://h", secret_env="ODD"),
    ):
        said = complaint(table)
        assert said.startswith("sink[0].")
        assert not any(part in said + caplog.text for part in ("AAAA", "hunter2", "hünter2"))


def test_the_first_line_of_a_file_is_the_secret(secret):
    (made,) = open_far(Config(sink=(settings.Splunk(url="https://h", secret_file=secret),)), "trap")
    assert made._poster._headers["Authorization"] == "Splunk hunter2"
