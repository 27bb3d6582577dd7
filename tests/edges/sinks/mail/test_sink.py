"""The thread that sends: it never holds up who brings events, and is not there before it is needed."""

import threading

from msgspec.structs import replace

from rawspoof.edges.sinks.mail import sink as module
from rawspoof.edges.sinks.mail.sender import MailError
from rawspoof.edges.sinks.mail.settings import Settings
from rawspoof.edges.sinks.mail.sink import MailSink
from tests.edges.sinks.mail.test_mailer import MAIL
from tests.edges.sinks.samples import CREDENTIAL, OPENED

WAIT_S = 20.0
AT_ONCE = replace(MAIL, batch_delay_seconds=0.0, cooldown_seconds=0.0)


class Server:
    """Tells when it was given a mail, and keeps it until it is let go."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.reached, self.go = threading.Semaphore(0), threading.Event()
        self.go.set()

    def __call__(self, mail, password, message):
        self.subjects.append(message["Subject"])
        self.reached.release()
        assert self.go.wait(WAIT_S)
        return []


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "mail"]


def test_a_digest_is_sent_without_being_asked():
    server = Server()
    sink = MailSink(Settings(AT_ONCE), "s", server)
    for _ in range(2):
        sink.write([OPENED])
        assert server.reached.acquire(timeout=WAIT_S)
    sink.close()
    assert server.subjects == ["[portspoof] 1 connection detected"] * 2
    assert threads() == []


def test_a_server_that_hangs_holds_up_nobody():
    server = Server()
    server.go.clear()
    sink = MailSink(Settings(AT_ONCE), "s", server)
    sink.write([OPENED])
    assert server.reached.acquire(timeout=WAIT_S)
    for _ in range(100):
        sink.write([OPENED] * 10)
    server.go.set()
    assert server.reached.acquire(timeout=WAIT_S)
    sink.close()
    assert server.subjects[1] == "[portspoof] 1000 connections detected"


def test_closing_sends_what_waits():
    server = Server()
    sink = MailSink(Settings(MAIL), "s", server, lambda: 1.0)
    sink.write([OPENED, OPENED])
    sink.reopen()
    sink.close()
    assert server.subjects == ["[portspoof] 2 connections detected"]
    assert threads() == []


def test_closing_does_not_wait_for_a_server_that_hangs(monkeypatch, caplog):
    monkeypatch.setattr(module, "CLOSE_S", 0.01)
    server = Server()
    server.go.clear()
    sink = MailSink(Settings(MAIL), "s", server)
    sink.write([OPENED])
    sink.close()
    assert caplog.messages == ["mail: the last digest was not sent within 0.01 s"]
    assert server.reached.acquire(timeout=WAIT_S)
    server.go.set()


def test_a_failure_is_told_and_not_raised(caplog):
    def refuse(*_):
        raise MailError("mx:587: Connection refused")

    sink = MailSink(Settings(AT_ONCE), "s", refuse)
    sink.write([OPENED])
    sink.close()
    assert "not sent, they are tried again: 1 so far (mx:587: Connection refused)" in caplog.text


def test_no_thread_without_a_digest():
    sink = MailSink(Settings(MAIL), "s", Server())
    sink.write([CREDENTIAL])
    assert threads() == []
    sink.close()
