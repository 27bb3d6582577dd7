"""Where events go, as configurations may have it, and the web admin's files."""

from datetime import UTC, datetime, timedelta

import pytest

from rawspoof.config.load import load
from rawspoof.config.model import Admin, Config, Mail, Sensor, Store
from rawspoof.edges.doctor.finding import Finding, Level
from rawspoof.edges.doctor.outputs import outputs
from rawspoof.edges.web import passwords, tls

NOW = datetime.now(UTC)


def found(config: Config, now: datetime = NOW) -> list[Finding]:
    """All that is not fine."""
    return [finding for finding in outputs(config, now) if finding.level is not Level.GOOD]


def configured(tmp_path, text: str) -> Config:
    (tmp_path / "r.toml").write_text(text)
    return load(str(tmp_path / "r.toml"))


def test_the_store_is_enough():
    assert found(Config()) == []


def test_events_that_go_nowhere_are_told():
    (finding,) = found(Config(store=Store(enabled=False)))
    assert (finding.level, finding.id) == (Level.ADVICE, "outputs.nowhere")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('kind = "syslog"\nurl = "tls://log.example"\n', []),
        ('kind = "syslog"\nurl = "udp://log.example"\n', []),
        ('kind = "redis"\nurl = "redis://127.0.0.1"\nsecret_env = "X"\n', []),
        ('kind = "redis"\nurl = "redis://db.example"\nsecret_env = "X"\n', ["outputs.clear"]),
        ('kind = "otlp"\nurl = "http://o.example"\n', ["outputs.clear"]),
        ('kind = "otlp"\nurl = "https://o.example"\nverify = false\n', ["outputs.unverified"]),
        ('kind = "webhook"\nurl = "https://h.example"\nper_minute = 600\n', ["outputs.flood"]),
        ('kind = "splunk"\nurl = "https://s.example"\nsecret_file = "/nowhere/token"\n', ["outputs.file"]),
        ('kind = "webhook"\nurl_file = "/nowhere/url"\n', ["outputs.file"]),
    ],
)
def test_sinks(tmp_path, keys, told):
    assert [finding.id for finding in found(configured(tmp_path, f"[[sink]]\n{keys}"))] == told


def test_a_secret_that_is_not_there_is_trouble_for_the_sensor_does_not_start(tmp_path):
    (finding,) = found(configured(tmp_path, '[[sink]]\nkind = "webhook"\nurl_file = "/nowhere/url"\n'))
    assert finding.level is Level.TROUBLE


def test_mails_that_come_too_often_or_tell_a_password_are_told():
    config = Config(mail=Mail(enabled=True, cooldown_seconds=5, smtp_user="me", smtp_starttls=False))
    assert [finding.id for finding in found(config)] == ["outputs.mail-flood", "outputs.mail-clear"]
    assert found(Config(mail=Mail(enabled=True))) == []
    assert [one.id for one in found(Config(mail=Mail(enabled=True, smtp_password_file="/none/pw")))] == ["outputs.file"]


@pytest.fixture
def admin(tmp_path):
    """A web admin beyond loopback that is as it should be."""
    passwords.set_password(tmp_path / "admin.passwd", "admin", "secret")
    tls.make(tmp_path / "admin.crt", tmp_path / "admin.key", ("localhost",))

    def config(**keys) -> Config:
        return Config(sensor=Sensor(state_dir=str(tmp_path)), admin=Admin(port=8443, host="192.0.2.1", **keys))

    return config


def test_a_web_admin_as_it_should_be_is_fine(admin):
    assert found(admin()) == []


def test_one_without_a_password_file_is_trouble(admin, tmp_path):
    (tmp_path / "admin.passwd").unlink()
    (finding,) = found(admin())
    assert (finding.level, finding.id, finding.cure) == (
        Level.TROUBLE,
        "outputs.admin-password",
        "rawspoof admin passwd",
    )


def test_one_in_clear_is_told_but_on_loopback(admin):
    assert [finding.id for finding in found(admin(tls="off"))] == ["outputs.admin-clear"]
    assert found(Config(sensor=admin().sensor, admin=Admin(port=8080))) == []


@pytest.mark.parametrize(
    ("days", "said"), [(tls.DAYS - 100, ""), (tls.DAYS - 10, "ends on"), (tls.DAYS + 10, "ended on")]
)
def test_a_certificate_that_ends_is_told(admin, days, said):
    findings = found(admin(), NOW + timedelta(days=days))
    assert [said in finding.what for finding in findings] == [True] * bool(said)
    assert {finding.id for finding in findings} <= {"outputs.certificate"}


def test_a_certificate_that_is_none_is_trouble_and_one_that_will_be_made_is_fine(admin, tmp_path):
    (tmp_path / "admin.crt").write_text("x")
    assert [(one.level, one.id) for one in found(admin())] == [(Level.TROUBLE, "outputs.certificate")]
    (tmp_path / "admin.crt").unlink()
    assert found(admin()) == []


def mmdb(built: datetime) -> bytes:
    """A MaxMind DB without countries, built then: a tree of one node, and the metadata."""

    def text(word: str) -> bytes:
        return bytes([0x40 | len(word)]) + word.encode()

    def uint16(number: int) -> bytes:
        return b"\xa2" + number.to_bytes(2, "big")

    epoch = b"\x08\x02" + int(built.timestamp()).to_bytes(8, "big")
    fields = {
        "binary_format_major_version": uint16(2),
        "binary_format_minor_version": uint16(0),
        "build_epoch": epoch,
        "database_type": text("test"),
        "description": b"\xe0",
        "ip_version": uint16(4),
        "languages": b"\x00\x04",
        "node_count": b"\xc1\x01",
        "record_size": uint16(24),
    }
    told = b"".join(text(name) + value for name, value in fields.items())
    return bytes(6) + bytes(16) + b"\xab\xcd\xefMaxMind.com" + bytes([0xE0 | len(fields)]) + told


@pytest.mark.parametrize(("age", "told"), [(30, []), (400, ["outputs.geoip"])])
def test_a_geoip_file_that_is_old_is_told(admin, tmp_path, age, told):
    (tmp_path / "c.mmdb").write_bytes(mmdb(NOW - timedelta(days=age)))
    assert [finding.id for finding in found(admin(geoip_file=str(tmp_path / "c.mmdb")))] == told


def test_a_geoip_file_that_is_none_is_trouble(admin, tmp_path):
    (tmp_path / "c.mmdb").write_text("x")
    for file in ("c.mmdb", "d.mmdb"):
        (finding,) = found(admin(geoip_file=str(tmp_path / file)))
        assert (finding.level, finding.id) == (Level.TROUBLE, "outputs.geoip")
