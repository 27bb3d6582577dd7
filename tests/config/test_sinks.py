"""Every wrong `[[sink]]` table is told by the key that is wrong, and no secret is told with it."""

from typing import get_args

import pytest

from rawspoof.config import sinks
from rawspoof.config.load import ConfigError, load
from rawspoof.config.show import effective_text

GOOD = """
[[sink]]
kind = "syslog"
url = "tls://log.example"
[[sink]]
kind = "webhook"
url_env = "HOOK"
preset = "slack"
[[sink]]
kind = "redis"
url = "redis://[2001:db8::1]:6380/2"
"""


def loaded(tmp_path, text):
    path = tmp_path / "r.toml"
    path.write_text(text)
    return load(str(path)).sink


def complaint(tmp_path, text):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, GOOD + "[[sink]]\n" + text)
    assert "\n" not in str(caught.value)
    return str(caught.value).partition(": ")[2]


def test_good_tables(tmp_path):
    made = loaded(tmp_path, GOOD)
    assert [type(sink).__name__ for sink in made] == ["Syslog", "Webhook", "Redis"]
    assert [sinks.title(sink) for sink in made] == [
        "syslog log.example:6514", "webhook slack", "redis 2001:db8::1:6380",
    ]  # fmt: skip


def test_what_is_shown_loads_to_the_same(tmp_path):
    made = loaded(tmp_path, GOOD)
    assert loaded(tmp_path, effective_text(str(tmp_path / "r.toml"))) == made


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('kind = "sylog"', "sink[3].kind: expected `syslog` or `webhook`"),
        ('url = "x"', "sink[3].kind: needed"),
        ('kind = "otlp"', "sink[3].url: needed"),
        ('kind = "otlp"\nurll = ""', "sink[3].urll: unknown key"),
        ('kind = "otlp"\nurl = 3', "sink[3].url: expected `str`, got `int`"),
        ('kind = "otlp"\nurl = "ftp://h"', "sink[3].url: expected a URL such as https://host:4318"),
        ('kind = "otlp"\nurl = "https://"', "sink[3].url: expected a URL"),
        ('kind = "otlp"\nurl = "https://h:99999"', "sink[3].url: expected a URL"),
        ('kind = "otlp"\nurl = "https://h/a b"', "sink[3].url: expected a URL"),
        ('kind = "otlp"\nurl = "https://u:hunter2@h"', "sink[3].url: expected no password in it"),
        ('kind = "redis"\nurl = "redis://h/x"', "sink[3].url: expected a database's number"),
        ('kind = "otlp"\nurl = "https://h"\nlevel = 4', "sink[3].level: expected `int` <= 3"),
        ('kind = "otlp"\nurl = "https://h"\nkinds = ["scan.", "scan"]', "sink[3].kinds[1]: expected one of "),
        ('kind = "otlp"\nurl = "https://h"\ntimeout_s = 0', "sink[3].timeout_s: expected `float` > 0.0"),
        ('kind = "otlp"\nurl = "https://h"\ntimeout_s = nan', "sink[3].timeout_s: expected"),
        ('kind = "otlp"\nurl = "https://h"\nname = "a\\nb"', "sink[3].name: expected at most 64 printable"),
        ('kind = "redis"\nurl = "redis://[2001:db8::1]:6380"', "sink[3].name: expected another name than sink[2]'s"),
        ('kind = "otlp"\nurl = "https://h"\nsecret_file = "a"\nsecret_env = "b"', "sink[3].secret_env: expected"),
        ('kind = "webhook"', "sink[3].url: expected one of url, url_file and url_env"),
        ('kind = "webhook"\nurl = "https://h"\nurl_env = "X"', "sink[3].url: expected one of"),
        ('kind = "webhook"\nurl = "https://h"\nbody = "{"', "sink[3].body: expected JSON"),
        ('kind = "webhook"\nurl = "https://h"\nbody = "{}"\nform = "cef"', "sink[3].form: expected body or form"),
        ('kind = "webhook"\nurl = "https://h"\npreset = "irc"', "sink[3].preset: expected `generic` or `slack`"),
        ('kind = "syslog"\nurl = "udp://h"\nform = "cfe"', "sink[3].form: expected `ecs` or `ocsf`"),
        ('kind = "syslog"\nurl = "udp://h"\nfacility = 24', "sink[3].facility: expected `int` <= 23"),
        ('kind = "syslog"\nurl = "udp://h"\nsd_id = "a]b"', "sink[3].sd_id: expected a name"),
        ('kind = "syslog"\nurl = "udp://h"\napp = "a b"', "sink[3].app: expected 1 to 48"),
        ('kind = "nats"\nurl = "nats://h"\nsubject = "a.>"', "sink[3].subject: expected words"),
        ('kind = "nats"\nurl = "nats://h"\nstream = "a b"', "sink[3].stream: expected letters"),
        ('kind = "clickhouse"\nurl = "http://h"\ntable = "a; DROP"', "sink[3].table: expected a table"),
        ('kind = "elasticsearch"\nurl = "http://h"\nindex = "a/b"', "sink[3].index: expected an index's name"),
    ],
)
def test_a_wrong_table_is_told_by_its_key(tmp_path, text, expected):
    said = complaint(tmp_path, text)
    assert said.startswith(expected)
    assert "hunter2" not in said


def test_every_kind_has_its_schemes():
    assert set(sinks.PORTS) == set(get_args(sinks.AnySink))
