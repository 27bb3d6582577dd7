"""A sensor that mails, and the command that tries its settings, with a real server."""

import json

import pytest

from rawspoof.cli.main import main
from tests.netns.mailserver import HOST, PORT, USER, certificate, serving
from tests.netns.sensors import running, until
from tests.netns.taps import SOURCE, TARGET, greeting

pytestmark = pytest.mark.netns

SENT_S = 15.0


def configuration(folder, **changes) -> str:
    """A file with mail in it."""
    mail = {
        "enabled": True,
        "smtp_host": HOST,
        "smtp_port": PORT,
        "smtp_user": USER[0],
        "smtp_ca_file": str(certificate(folder)),
        "to_addr": "owner@example.org",
        "batch_delay_seconds": 2.0,
    }
    path = folder / "r.toml"
    lines = [f"{key} = {json.dumps(value)}" for key, value in (mail | changes).items()]
    path.write_text("\n".join(["[mail]", *lines]) + "\n")
    return str(path)


def test_one_digest_for_all_connections_of_a_while(lab, tmp_path):
    tmp_path.chmod(0o755)
    password = tmp_path / "password"
    password.write_text(USER[1])
    password.chmod(0o600)
    config = configuration(tmp_path, smtp_password_file=str(password), scans=False)
    options = ("-c", config, "--delivery", "prompt", "--only", "openssh")
    with serving(lab, "sensor", tmp_path / "mail.pem") as server, running(lab, *options) as sensor:
        for port in (22, 2222, 22222):
            assert greeting(lab, "attacker", TARGET, port).startswith(b"SSH-2.0-")
        until(lambda: server.mails, SENT_S)
        # What comes in the cooldown waits for its end, and is told of as not sent when the sensor ends.
        greeting(lab, "attacker", TARGET, 9)
        sensor.stop()
    (mail,) = server.mails
    assert server.encrypted == [True]
    assert mail["Subject"] == "[portspoof] 3 connections detected"
    lines = mail.get_content().splitlines()
    assert [line.split(" → ")[1].split("  ")[0] for line in lines[2:5]] == ["port 22", "port 2222", "port 22222"]
    assert all(f"  {SOURCE}:" in line for line in lines[2:5])
    assert bytes.fromhex(lines[2].rpartition(" ")[2].rstrip("…)")).startswith(b"SSH-2.0-")
    assert "mail: [portspoof] 1 connection detected: not sent any more" in sensor.said()


def test_the_test_mail(lab, tmp_path, capsys):
    config = configuration(tmp_path, smtp_password=USER[1], enabled=False)
    with serving(lab, "attacker", tmp_path / "mail.pem") as server, lab.inside("attacker"):
        assert main(["mail", "test", "-c", config]) == 0
    assert capsys.readouterr().out == (
        f"{HOST}:{PORT} takes mail to owner@example.org\ndigests are off: mail.enabled = true\n"
    )
    assert "test" in server.mails[0]["Subject"]
    assert server.envelopes == [(USER[0], ["owner@example.org"])]


def test_the_test_mail_to_somebody_who_is_not_there(lab, tmp_path, capsys):
    config = configuration(tmp_path, smtp_password=USER[1], to_addr="owner@example.org,b@example.org")
    answers = {"RCPT b@example.org": "550 nobody"}
    with serving(lab, "attacker", tmp_path / "mail.pem", answers=answers), lab.inside("attacker"):
        assert main(["mail", "test", "-c", config]) == 1
    assert capsys.readouterr().out == f"{HOST}:{PORT} takes mail to owner@example.org\nbut not to b@example.org\n"


def test_what_goes_wrong_is_a_line(lab, tmp_path, capsys):
    config = configuration(tmp_path, smtp_password="wrong")
    with lab.inside("attacker"):
        assert main(["mail", "test", "-c", config]) == 1
        assert capsys.readouterr().err == f"rawspoof: {HOST}:{PORT}: Connection refused\n"
        with serving(lab, "attacker", tmp_path / "mail.pem"):
            assert main(["mail", "test", "-c", config]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"rawspoof: {HOST}:{PORT}: it refuses mail.smtp_user or the password: 535 ")
    assert said.count("\n") == 1


def test_settings_that_are_wrong_are_told_by_their_key(tmp_path, capsys):
    path = tmp_path / "email.json"
    config = configuration(tmp_path, enabled=False, to_addr="", json_file=str(path))
    assert main(["mail", "test", "-c", config]) == 2
    said = capsys.readouterr().err
    assert said.endswith(f"{path}: mail.to_addr: expected a mail address, got ''\n")
