"""Mail settings, and portspoof-py's file of them."""

import json
import re

import pytest

from rawspoof.config.load import ConfigError, load
from rawspoof.config.mail import overlaid, problems, recipients, sender
from rawspoof.config.model import Mail

# portspoof-py's own keys, with the defaults of its manual but for the addresses.
EMAIL_JSON = {
    "enabled": True,
    "smtp_host": "smtp.example.com",
    "smtp_port": 587,
    "smtp_starttls": True,
    "smtp_user": "you@example.com",
    "smtp_password": "app-password-here",
    "from_addr": "",
    "to_addr": "alerts@example.com",
    "trigger_ports": [22, 3389],
    "batch_delay_seconds": 60,
    "cooldown_seconds": 300,
}
GOOD = Mail(enabled=True, smtp_host="mx.example", from_addr="a@example.org", to_addr="b@example.org")


def wrong(**changes: object) -> list[str]:
    fields = {name: getattr(GOOD, name) for name in GOOD.__struct_fields__} | changes
    return [key for key, _ in problems(Mail(**fields))]


def test_portspoof_pys_file_is_read_as_it_is():
    mail = overlaid(Mail(scans=False), json.dumps(EMAIL_JSON).encode())
    assert {key: getattr(mail, key) for key in EMAIL_JSON} == EMAIL_JSON | {"trigger_ports": (22, 3389)}
    assert mail.scans is False
    assert sender(mail) == "you@example.com"
    assert recipients(mail) == ["alerts@example.com"]


def test_its_defaults_are_ours():
    mail = Mail()
    same = {key: EMAIL_JSON[key] for key in ("smtp_port", "smtp_starttls", "batch_delay_seconds", "cooldown_seconds")}
    assert {key: getattr(mail, key) for key in same} == same
    assert (mail.enabled, mail.trigger_ports) == (False, ())


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "not a JSON object"),
        ("[]", "not a JSON object"),
        (b"\xff", "not a JSON object"),
        ('{"smtp_prot": 1}', "'smtp_prot': unknown key; the nearest is smtp_port"),
        ('{"json_file": "x"}', "'json_file': unknown key"),
        ('{"smtp_port": 0}', "smtp_port: expected `int` >= 1"),
        ('{"trigger_ports": [22, "x"]}', "trigger_ports[1]: expected `int`, got `str`"),
        ('{"enabled": "yes"}', "enabled: expected `bool`, got `str`"),
    ],
)
def test_what_is_wrong_in_it_is_told_with_its_key(text, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        overlaid(Mail(), text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({}, []),
        ({"smtp_host": ""}, ["smtp_host"]),
        ({"smtp_host": "mx example"}, ["smtp_host"]),
        ({"smtp_host": "mx\r\nRCPT TO:<x>"}, ["smtp_host"]),
        ({"from_addr": ""}, ["from_addr"]),
        ({"from_addr": "", "smtp_user": "me"}, ["smtp_user"]),
        ({"from_addr": "", "smtp_user": "me@example.org"}, []),
        ({"from_addr": "a@b\r\nBcc: c@d"}, ["from_addr"]),
        ({"to_addr": ""}, ["to_addr"]),
        ({"to_addr": "a@b, c@d"}, []),
        ({"to_addr": "a@b, c"}, ["to_addr"]),
        ({"to_addr": "a@b\nBcc: c@d"}, ["to_addr"]),
        ({"smtp_password": "x"}, ["smtp_user"]),
        ({"smtp_user": "u", "smtp_password": "x", "smtp_password_env": "y"}, ["smtp_password_env"]),
        ({"smtp_user": "u", "smtp_password_file": "/nowhere/x"}, ["smtp_password_file"]),
        ({"smtp_ca_file": "/nowhere/x"}, ["smtp_ca_file"]),
        ({"smtp_host": "", "enabled": False}, []),
    ],
)
def test_what_no_mail_can_be_sent_with(changes, keys):
    assert wrong(**changes) == keys


def test_the_file_that_is_named_is_looked_into(tmp_path):
    path = tmp_path / "email.json"
    assert wrong(json_file=str(path), smtp_host="") == []
    path.write_text(json.dumps(EMAIL_JSON))
    assert wrong(json_file=str(path), smtp_host="") == []
    path.write_text(json.dumps(EMAIL_JSON | {"to_addr": ""}))
    assert wrong(json_file=str(path)) == ["to_addr"]
    path.write_text("x")
    assert wrong(json_file=str(path)) == ["json_file"]
    assert wrong(json_file=str(tmp_path)) == ["json_file"]


def test_the_configuration_tells_the_dotted_key(tmp_path):
    path, email = tmp_path / "r.toml", tmp_path / "email.json"
    email.write_text('{"smtp_port": "x"}')
    path.write_text(f'[mail]\njson_file = "{email}"\n')
    with pytest.raises(ConfigError) as caught:
        load(str(path))
    assert str(caught.value) == f"{path}:2: mail.json_file: {email}: smtp_port: expected `int`, got `str`"
