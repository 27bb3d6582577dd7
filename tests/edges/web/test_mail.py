"""The settings of mail are kept in their file, checked first, and the password never shown."""

import json

import pytest

from rawspoof.config.model import Mail
from rawspoof.edges.web.mail import MailFile
from tests.edges.sinks import samples

GOOD = {"enabled": True, "smtp_host": "mail.example", "smtp_user": "me@example.org", "to_addr": "you@example.org"}


def made(tmp_path, sent=None, refused=()):
    def send(mail, password, message):
        if sent is not None:
            sent.append((mail.smtp_host, password, message["To"]))
        return list(refused)

    path = tmp_path / "email.json"
    path.write_text("{}")
    return MailFile(Mail(json_file=str(path)), "nobody", lambda: samples.AT, send), path


def test_what_is_saved_counts_and_the_password_stays(tmp_path):
    sent = []
    mail, path = made(tmp_path, sent)
    mail.save({**GOOD, "smtp_password": "hush"})
    mail.save({"smtp_password": "********", "smtp_port": 2525})
    assert mail.told()["smtp_password"] == "********"
    assert mail.told()["smtp_port"] == 2525
    assert json.loads(path.read_text())["smtp_password"] == "hush"
    assert path.stat().st_mode & 0o777 == 0o600
    mail.test()
    assert sent == [("mail.example", "hush", "you@example.org")]


def test_what_cannot_be_is_refused_and_nothing_changed(tmp_path):
    mail, path = made(tmp_path)
    with pytest.raises(ValueError, match="to_addr"):
        mail.save({**GOOD, "to_addr": "you@example.org\r\nBcc: all@example.org"})
    assert path.read_text() == "{}"
    with pytest.raises(ValueError, match="smtp_host"):
        mail.test()


def test_a_refused_recipient_is_told(tmp_path):
    mail, _ = made(tmp_path, refused=("you@example.org",))
    mail.save(GOOD)
    with pytest.raises(ValueError, match=r"takes no mail to you@example\.org"):
        mail.test()


def test_a_file_that_cannot_be_written_is_named_with_the_cure(tmp_path):
    mail, path = made(tmp_path)
    path.unlink()
    path.mkdir()
    with pytest.raises(OSError, match="let nobody write it"):
        mail.save(GOOD)
