"""When a digest is sent, by a clock in the test's hand."""

import json

import pytest

from rawspoof.config.model import Mail
from rawspoof.edges.sinks.mail.mailer import RETRY_MAX_S, RETRY_S, Mailer
from rawspoof.edges.sinks.mail.sender import MailError
from rawspoof.edges.sinks.mail.settings import Settings
from tests.edges.sinks.samples import CREDENTIAL, ENDED, OPENED

MAIL = Mail(enabled=True, smtp_host="mx", smtp_user="u@example.org", smtp_password="p", to_addr="a@example.org")


class Outbox:
    """A server that remembers the subjects it was given, or raises `error`."""

    def __init__(self):
        self.subjects, self.passwords = [], []
        self.error = None
        self.refused = []

    def __call__(self, mail, password, message):
        if self.error:
            raise self.error
        self.subjects.append(message["Subject"])
        self.passwords.append(password)
        return self.refused


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


def mailer(outbox: Outbox, mail: Mail = MAIL) -> Mailer:
    return Mailer(Settings(mail), "sensor-1", outbox)


def count(number: int) -> str:
    return f"[portspoof] {number} connection{'s' * (number != 1)} detected"


def test_the_first_event_starts_the_timer_and_later_ones_join(outbox):
    made = mailer(outbox)
    made.take([CREDENTIAL], 0.0)
    assert made.due_at is None
    made.take([OPENED], 100.0)
    made.take([OPENED, CREDENTIAL, OPENED], 159.0)
    assert made.due_at == 160.0
    made.turn(159.9)
    assert outbox.subjects == []
    made.turn(160.0)
    made.turn(1000.0)
    assert outbox.subjects == [count(3)]
    assert outbox.passwords == ["p"]
    assert made.due_at is None


def test_digests_keep_their_distance(outbox):
    made = mailer(outbox)
    made.take([OPENED], 0.0)
    made.turn(60.0)
    made.take([OPENED], 61.0)
    assert made.due_at == 121.0
    made.turn(121.0)
    assert made.due_at == 360.0
    made.take([OPENED], 300.0)
    made.turn(359.0)
    assert outbox.subjects == [count(1)]
    made.turn(360.0)
    assert outbox.subjects == [count(1), count(2)]


def test_a_thousand_events_a_second_are_a_mail_in_five_minutes(outbox):
    made = mailer(outbox)
    for second in range(1500):
        made.take([OPENED] * 1000, float(second))
        made.turn(float(second))
    assert outbox.subjects == [count(61_000), *[count(300_000)] * 4]


def test_what_could_not_be_sent_is_sent_later_with_what_came_meanwhile(outbox, caplog):
    made = mailer(outbox)
    outbox.error = MailError("mx:587: connection refused")
    made.take([OPENED], 0.0)
    now, pause_s = 60.0, RETRY_S
    for _ in range(7):
        made.turn(now)
        assert made.due_at == now + pause_s
        made.take([OPENED], now + 1.0)
        now, pause_s = made.due_at, min(pause_s * 2, RETRY_MAX_S)
    outbox.error = None
    made.turn(now)
    assert outbox.subjects == [count(8)]
    assert caplog.messages == ["mail: digests not sent, they are tried again: 1 so far (mx:587: connection refused)"]
    outbox.error = MailError("gone again")
    made.take([OPENED], now)
    made.turn(now + 300.0)
    assert made.due_at == now + 300.0 + RETRY_S


def test_a_recipient_that_is_refused_is_told(outbox, caplog):
    outbox.refused = ["b@example.org"]
    made = mailer(outbox)
    made.take([OPENED], 0.0)
    made.turn(60.0)
    assert caplog.messages == ["mail: mx takes no mail to b@example.org"]


def test_off_is_off(outbox):
    made = mailer(outbox, Mail())
    made.take([OPENED, ENDED], 0.0)
    assert made.due_at is None


def test_edits_count_from_the_next_digest_on(outbox, tmp_path):
    path = tmp_path / "email.json"
    made = mailer(outbox, Mail(json_file=str(path)))
    made.take([OPENED], 0.0)
    assert made.due_at is None
    said = {"enabled": True, "smtp_host": "mx", "from_addr": "u@example.org", "to_addr": "a@example.org"}
    path.write_text(json.dumps(said | {"batch_delay_seconds": 10, "cooldown_seconds": 5, "trigger_ports": [443]}))
    made.take([OPENED], 100.0)
    assert made.due_at == 110.0
    path.write_text(json.dumps(said | {"batch_delay_seconds": 1, "trigger_ports": [22]}))
    made.turn(110.0)
    assert outbox.subjects == [count(1)]
    made.take([OPENED], 111.0)
    assert made.due_at is None
    path.write_text(json.dumps(said))
    made.take([OPENED], 112.0)
    path.write_text("{}")
    made.turn(999.0)
    assert outbox.subjects == [count(1)]
    assert made.due_at is None


def test_the_last_digest_goes_before_its_time_but_not_in_a_cooldown(outbox, caplog):
    made = mailer(outbox)
    made.take([OPENED], 0.0)
    made.finish(1.0)
    assert outbox.subjects == [count(1)]
    made.finish(2.0)
    assert caplog.messages == []
    made.take([OPENED], 2.0)
    made.finish(3.0)
    assert outbox.subjects == [count(1)]
    assert caplog.messages == [f"mail: {count(1)}: not sent any more, the store has them"]
