"""Everything that a start would read is looked at before it, and each thing that is wrong there is a line."""

import os
import re
from pathlib import Path

import pytest

from rawspoof.config.load import look
from rawspoof.preflight import absent, examine, exposed

BAD = """\
signatures = ["{0}/none", "{0}/r.toml", "{0}/bad.toml", "{0}/pipe"]
portspoof_conf = "{0}/token"
sensor.interfaces = ["no-such"]
sensor.user = "no-such"
sensor.secret_file = "{0}/token"
world.only = "openshh"
world.kind = "fuzz"
world.fuzz_wordlist = "{0}/none"
events.file = "{0}/none/events"
block.hook = ["no-such"]
[mail]
enabled = true
smtp_host = "m"
smtp_user = "a@b.example"
to_addr = "a@b.example"
smtp_ca_file = "{0}/token"
smtp_password_env = "NO_SUCH"
[admin]
port = 8081
tls = "on"
geoip_file = "{0}/token"
passwd_file = "{0}/token"
cert_file = "{0}/token"
[[sink]]
kind = "webhook"
url_file = "{0}/token"
[[sink]]
kind = "splunk"
url = "https://h"
secret_file = "{0}/none"
[[sink]]
kind = "otlp"
url = "https://h"
secret_env = "NO_SUCH"
"""


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "token").write_text("s3cret\n")
    (tmp_path / "token").chmod(0o644)
    (tmp_path / "bad.toml").write_text("[[service]]\n")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "r.toml").write_text(BAD.format(tmp_path))
    return tmp_path / "r.toml"


def test_every_file_that_is_named_is_looked_at_and_told_with_its_line(bad):
    found = examine(str(bad), {}, {})
    told = [line.replace(str(bad.parent), "") for line in found.wrong]
    assert sorted(re.sub(r"(:\d+: [\w.\[\]]+: ).*", r"\1", line) for line in told) == sorted(
        [
            "/bad.toml:1: Object missing required field `id`",
            "/r.toml:1: signatures[0]: ",
            "/r.toml:1: signatures[1]: ",
            "/r.toml:1: signatures[3]: ",
            "/r.toml:2: portspoof_conf: ",
            "/r.toml:3: sensor.interfaces: ",
            "/r.toml:4: sensor.user: ",
            "/r.toml:5: sensor.secret_file: ",
            "/r.toml:6: world.only: ",
            "/r.toml:8: world.fuzz_wordlist: ",
            "/r.toml:9: events.file: ",
            "/r.toml:10: block.hook: ",
            "/r.toml:16: mail.smtp_ca_file: ",
            "/r.toml:21: admin.geoip_file: ",
            "/r.toml:22: admin.passwd_file: ",
            "/r.toml:23: admin.cert_file: ",
            "/r.toml:26: sink[0].url_file: ",
            "/r.toml:30: sink[1].secret_file: ",
        ]
    )
    assert not any("\n" in line for line in (*found.wrong, *found.doubts))
    assert not (bad.parent / "none").exists()


def test_what_the_unit_may_have_and_who_else_may_read_is_a_doubt(bad):
    told = [line.replace(str(bad.parent), "") for line in examine(str(bad), {}, {}).doubts]
    assert told == [
        "/r.toml:34: sink[2].secret_env: warning: there is no environment variable NO_SUCH; the unit may have it",
        "/r.toml:17: mail.smtp_password_env: warning: there is no environment variable NO_SUCH; the unit may have it",
        "/r.toml:5: sensor.secret_file: warning: everybody may read /token: chmod o= /token",
        "/r.toml:22: admin.passwd_file: warning: everybody may read /token: chmod o= /token",
        "/r.toml:26: sink[0].url_file: warning: everybody may read /token: chmod o= /token",
    ]


def test_what_is_left_out_of_others_files_is_a_doubt_and_credentials_are_read_where_they_are(tmp_path):
    (tmp_path / "theirs").write_text("SSH-2\\.0-\\w+\n(((\n")
    (tmp_path / "token").write_text("s3cret\n")
    (tmp_path / "token").chmod(0o600)
    path = tmp_path / "r.toml"
    path.write_text(
        f'signatures = ["{tmp_path}/theirs"]\nsensor.state_dir = "{tmp_path}/state"\n'
        '[[sink]]\nkind = "splunk"\nurl = "https://h"\nsecret_file = "credential:token"\n'
    )
    wrong, doubts = examine(str(path), {}, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert wrong == []
    assert [line for line in doubts if not line.startswith(f"{tmp_path}/theirs:2: ")] == []
    assert len(doubts) == 1
    wrong, doubts = examine(str(path), {}, {})
    assert wrong == []
    assert "secret_file: warning: /run/credentials/rawspoof.service/token: cannot be read" in doubts[-1]


def test_a_file_that_is_no_configuration_is_all_there_is_to_say(tmp_path):
    (tmp_path / "r.toml").write_text("")
    assert [line.count(": is empty") for line in examine(str(tmp_path / "r.toml"), {}, {}).wrong] == [1]


def test_an_address_that_is_not_here_is_a_doubt(tmp_path):
    (tmp_path / "r.toml").write_text('sensor.addresses = ["127.0.0.1", "192.0.2.99"]\n')
    assert absent(look(str(tmp_path / "r.toml"))) == [
        f"{tmp_path}/r.toml:1: sensor.addresses[1]: warning: 192.0.2.99 is no address of this machine now"
    ]
    assert absent(look(None)) == []


def test_a_password_in_a_file_for_all_is_told(tmp_path):
    path = tmp_path / "r.toml"
    path.write_text("mail.smtp_password = 'x'\nmail.smtp_user = 'u'\n")
    path.chmod(0o644)
    assert exposed(look(str(path))) == [
        f"{path}:1: mail.smtp_password: warning: everybody may read {path}: chmod o= {path}"
    ]
    path.chmod(0o640)
    assert exposed(look(str(path))) == []
