"""Settings that follow an email.json, and the password's places."""

import json
import os

import pytest

from rawspoof.config.model import Mail
from rawspoof.edges.sinks.mail.settings import Settings

SAID = {"enabled": True, "smtp_host": "mx", "from_addr": "u@example.org", "to_addr": "a@example.org"}


def test_without_a_file_they_are_what_the_configuration_says():
    mail = Mail(enabled=True, smtp_password="p")
    settings = Settings(mail)
    assert (settings.now(), settings.password) == (mail, "p")


def test_a_file_counts_as_soon_as_it_is_there_and_until_it_goes(tmp_path, caplog):
    path = tmp_path / "email.json"
    mail = Mail(json_file=str(path), scans=False)
    settings = Settings(mail)
    assert caplog.messages == [f"mail.json_file: {path}: nothing is mailed until it is there"]
    path.write_text(json.dumps(SAID | {"smtp_user": "u", "smtp_password": "q"}))
    assert (settings.now().smtp_host, settings.now().scans, settings.password) == ("mx", False, "q")
    path.unlink()
    assert settings.now() == mail
    assert len(caplog.messages) == 1


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not a JSON object: .*"),
        (json.dumps(SAID | {"smtp_port": "x"}), "smtp_port: expected `int`, got `str`"),
        (json.dumps(SAID | {"to_addr": "nobody"}), "to_addr: expected a mail address, got 'nobody'"),
    ],
)
def test_a_wrong_edit_is_told_once_and_changes_nothing(text, complaint, tmp_path, caplog):
    path = tmp_path / "email.json"
    path.write_text(json.dumps(SAID))
    settings = Settings(Mail(json_file=str(path)))
    before = settings.now()
    path.write_text(text)
    for _ in range(3):
        assert settings.now() == before
    (said,) = caplog.records
    assert said.getMessage().startswith(f"mail.json_file: {path}: {complaint.partition('.*')[0]}")
    assert said.getMessage().endswith("; what it said before stays")
    path.write_text(json.dumps(SAID | {"smtp_port": 25}))
    assert settings.now().smtp_port == 25


def test_what_root_read_stays_where_nobody_may_read(tmp_path, caplog):
    path, secret = tmp_path / "email.json", tmp_path / "secret"
    secret.write_text("hunter2\nsecond line\n")
    path.write_text(json.dumps(SAID | {"smtp_user": "u", "smtp_password_file": str(secret)}))
    for file in (path, secret):
        file.chmod(0o600)
    tmp_path.chmod(0o711)
    settings = Settings(Mail(json_file=str(path)))
    os.utime(path, (1, 1))
    os.seteuid(65534)
    try:
        assert settings.now().smtp_user == "u"
    finally:
        os.seteuid(0)
    assert settings.password == "hunter2"
    assert "Permission denied; what it said before stays" in caplog.text


def test_a_password_of_the_environment(monkeypatch):
    monkeypatch.setenv("MAIL_SECRET", "from there")
    assert Settings(Mail(smtp_password_env="MAIL_SECRET")).password == "from there"
    assert Settings(Mail(smtp_password_env="MAIL_NONE")).password == ""


@pytest.mark.parametrize("data", [None, b"\xff\n"])
def test_a_password_that_cannot_be_read_is_told(data, tmp_path, caplog):
    path = tmp_path / "secret"
    if data is not None:
        path.write_bytes(data)
    assert Settings(Mail(smtp_password_file=str(path))).password == ""
    assert caplog.messages[0].startswith(f"mail.smtp_password_file: {path}: ")
