"""Mail to a real server, and to such as refuse, hang, lie or are not there: one line says what is wrong."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from rawspoof.config.model import Mail
from rawspoof.edges.sinks.mail.digest import message
from rawspoof.edges.sinks.mail.sender import MailError, send
from tests.netns.mailserver import HOST, PORT, USER, certificate, serving

pytestmark = pytest.mark.netns

PLAIN = Mail(smtp_host=HOST, smtp_port=PORT, smtp_starttls=False, from_addr="s@example.org", to_addr="a@example.org")
TIMEOUT_S = 5.0


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("mail"))


@pytest.fixture(scope="module")
def tls(pem) -> Mail:
    return replace(PLAIN, smtp_starttls=True, smtp_ca_file=str(pem), smtp_user=USER[0])


def mail(lab, settings: Mail, password: str = "", timeout_s: float = TIMEOUT_S) -> list[str]:
    made = message("[portspoof] 1 connection detected", "→\n.\n", settings, 0.0, "x")
    with lab.inside("attacker"):
        return send(settings, password, made, timeout_s)


def complaint(lab, settings: Mail, password: str = "", timeout_s: float = TIMEOUT_S) -> str:
    with pytest.raises(MailError) as caught:
        mail(lab, settings, password, timeout_s)
    assert "\n" not in str(caught.value)
    place = f"{HOST}:{PORT}: "
    assert str(caught.value).startswith(place)
    return str(caught.value).removeprefix(place)


@contextmanager
def saying(lab, words: bytes) -> Iterator[None]:
    """A server that says these words to everybody, hears nothing, and hangs up when told to with a final `!`."""
    with lab.inside("attacker"):
        listener = socket.create_server((HOST, PORT))
    held: list[socket.socket] = []

    def serve() -> None:
        try:
            while True:
                held.append(listener.accept()[0])
                held[-1].sendall(words.removesuffix(b"!"))
                if words.endswith(b"!"):
                    held[-1].close()
        except OSError:
            return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        for connection in (listener, *held):
            connection.close()


def test_with_starttls_and_a_login(lab, pem, tls):
    with serving(lab, "attacker", pem) as server:
        assert mail(lab, tls, USER[1]) == []
    assert (server.encrypted, server.known) == ([True], [True])
    assert server.envelopes == [("s@example.org", ["a@example.org"])]
    assert server.mails[0]["Subject"] == "[portspoof] 1 connection detected"
    assert server.mails[0].get_content() == "→\r\n.\r\n"


def test_with_tls_from_the_first_byte(lab, pem, tls):
    with serving(lab, "attacker", pem, implicit=True) as server:
        assert mail(lab, replace(tls, smtp_tls=True), USER[1]) == []
    assert (server.encrypted, server.known) == ([True], [True])


def test_in_clear_and_without_a_login_where_that_is_wanted(lab):
    with serving(lab, "attacker") as server:
        assert mail(lab, replace(PLAIN, to_addr="a@example.org, b@example.net")) == []
    assert server.encrypted == [False]
    assert server.envelopes == [("s@example.org", ["a@example.org", "b@example.net"])]


def test_a_wrong_password(lab, pem, tls):
    with serving(lab, "attacker", pem) as server:
        assert complaint(lab, tls, "wrong").startswith("it refuses mail.smtp_user or the password: 535 ")
        assert complaint(lab, tls, "pässword") == "only ASCII can be a user or password there"
    assert server.mails == []


def test_no_password_and_no_mail_where_tls_is_missing(lab):
    with serving(lab, "attacker") as server:
        asked = replace(PLAIN, smtp_starttls=True, smtp_user=USER[0])
        assert complaint(lab, asked, USER[1]).startswith("it has no STARTTLS: ")
        assert "leave mail.smtp_user empty" in complaint(lab, replace(PLAIN, smtp_user=USER[0]), USER[1])
    assert server.mails == []


def test_a_certificate_that_nobody_vouches_for(lab, pem, tls):
    with serving(lab, "attacker", pem) as server:
        said = complaint(lab, replace(tls, smtp_ca_file=""), USER[1])
    assert said.startswith("its certificate is not trusted (self-signed certificate")
    assert said.endswith("name its CA in mail.smtp_ca_file")
    assert server.mails == []


@pytest.mark.parametrize("there", [True, False])
def test_a_ca_that_is_none(lab, there, tmp_path):
    path = tmp_path / "ca"
    if there:
        path.write_text("no PEM")
    with pytest.raises(MailError, match=r"^mail\.smtp_ca_file: "):
        mail(lab, replace(PLAIN, smtp_ca_file=str(path)))


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"MAIL": "550 not\x1b you"}, "it refuses mail from s@example.org: 550 not\\x1b you"),
        ({"RCPT": "550 nobody"}, "it refuses mail to a@example.org: 550 nobody; it refuses mail to b@example.org: "),
        ({"DATA": "554 spam " + "x" * 300}, "it answers 554 spam xxx"),
    ],
)
def test_a_server_that_refuses(lab, answers, said):
    with serving(lab, "attacker", answers=answers):
        told = complaint(lab, replace(PLAIN, to_addr="a@example.org,b@example.org"))
    assert told.startswith(said)
    assert len(told) < 300


def test_a_server_that_refuses_one_of_two_is_no_failure(lab):
    with serving(lab, "attacker", answers={"RCPT b@example.org": "550 nobody"}) as server:
        assert mail(lab, replace(PLAIN, to_addr="a@example.org,b@example.org")) == ["b@example.org"]
    assert server.envelopes == [("s@example.org", ["a@example.org"])]


def test_a_server_that_is_not_there(lab):
    assert complaint(lab, PLAIN) == "Connection refused"


@pytest.mark.parametrize("words", [b"", b"220 mx.test ESMTP\r\n", b"220-mx.test\r\n"])
def test_a_server_that_hangs(lab, words):
    with saying(lab, words):
        assert complaint(lab, PLAIN, timeout_s=0.1).startswith("no answer within 0.1 s: ")
        assert complaint(lab, replace(PLAIN, smtp_tls=True), timeout_s=0.1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (b"!", "it hung up: "),
        (b"220 mx.test ESMTP\r\n!", "it hung up: "),
        (b"554 go away\r\n", "it answers 554 go away"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "it answers -1 "),
        (b"2" * 20_000 + b"\r\n", "it answers 500 Line too long."),
    ],
)
def test_a_server_that_is_none(lab, words, said):
    with saying(lab, words):
        assert complaint(lab, PLAIN, timeout_s=0.5).startswith(said)


def test_tls_where_there_is_none(lab):
    with serving(lab, "attacker"):
        assert complaint(lab, replace(PLAIN, smtp_tls=True)).startswith("no TLS there (")


def test_a_name_that_is_none(lab):
    settings = replace(PLAIN, smtp_host="mx.invalid")
    with pytest.raises(MailError, match=r"^mx\.invalid:2525: unknown host: "):
        mail(lab, settings, timeout_s=1.0)
