"""Requests to log in: each method's refusal, what is noted, and when it is enough."""

import pytest

from rawspoof.core.conversation.base import Credential
from rawspoof.core.conversation.ssh.login import Login, Said, fingerprint
from rawspoof.core.conversation.ssh.manners import manners
from rawspoof.core.conversation.ssh.wire import Short, string
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import living

MANNERS = manners(Visit(living("openssh", os="openbsd", ver="7.9")), 0.0)
REFUSED = b"\x33" + string(b"publickey,password,keyboard-interactive") + b"\0"
KEY = string(b"ssh-ed25519") + string(bytes(32))


def request(method, *rest, user=b"root", service=b"ssh-connection"):
    return b"\x32" + string(user) + string(service) + string(method) + b"".join(rest)


def test_everybody_may_ask_what_there_is():
    assert Login(MANNERS).hear(request(b"none")) == Said((REFUSED,))


def test_a_password_is_noted_and_refused():
    said = Login(MANNERS).hear(request(b"password", b"\0" + string(b"hunter2")))
    assert said == Said((REFUSED,), tried=True, credential=Credential("password", b"root", b"hunter2"))


def test_a_key_is_noted_by_its_fingerprint():
    said = Login(MANNERS).hear(request(b"publickey", b"\0" + string(b"ssh-ed25519") + string(KEY)))
    assert said.credential == Credential("publickey", b"root", fingerprint(KEY))
    assert fingerprint(KEY) == b"ssh-ed25519 SHA256:kmYcvdi2GkPeWxB6XLjrZB8JHsy2Hm8luHMFp9GMvqk"
    assert fingerprint(b"\0\0\0\3a b").startswith(b"SHA256:")


def test_a_prompt_and_its_answer():
    login = Login(MANNERS)
    asked = login.hear(request(b"keyboard-interactive", string(b""), string(b"")))
    assert asked == Said((b"\x3c" + bytes(12) + b"\0\0\0\1" + string(b"Password: ") + b"\0",))
    said = login.hear(b"\x3d\0\0\0\1" + string(b"hunter2"))
    assert said.credential == Credential("keyboard-interactive", b"root", b"hunter2")
    assert login.hear(b"\x3d\0\0\0\1" + string(b"again")) is None


def test_six_failures_are_enough_and_the_first_none_is_none():
    login = Login(MANNERS)
    for _ in range(6):
        assert login.hear(request(b"none")).over is None
    assert login.hear(request(b"none")) == Said((), over=b"Too many authentication failures")


def test_before_6_8_the_user_was_named():
    login = Login(MANNERS._replace(farewell=b"Too many authentication failures for %s", tries=1))
    assert login.hear(request(b"hostbased", user=b"joe")).over == b"Too many authentication failures for joe"


def test_who_asks_stays_the_same():
    login = Login(MANNERS)
    login.hear(request(b"none"))
    assert login.hear(request(b"none", user=b"joe")).over == (
        b"Change of username or service not allowed: (root,ssh-connection) -> (joe,ssh-connection)"
    )


def test_a_banner_comes_once():
    login = Login(MANNERS._replace(banner=b"Authorised users only\r\n"))
    banner = b"\x35" + string(b"Authorised users only\r\n") + string(b"")
    assert login.hear(request(b"none")).messages == (banner, REFUSED)
    assert login.hear(request(b"none")).messages == (REFUSED,)


@pytest.mark.parametrize("rest", [(b"password",), (b"password", b"\0"), (b"publickey", b"\0" + string(b"x"))])
def test_cut_short(rest):
    with pytest.raises(Short):
        Login(MANNERS).hear(request(*rest))


def test_what_is_no_login():
    assert Login(MANNERS).hear(b"\x3d\0\0\0\0") is None
    assert Login(MANNERS).hear(b"\x50") is None
