"""A log-in with NTLM in steps, and that none ends well but the one without a name."""

import pytest

from rawspoof.core.conversation import ntlm, ntstatus, spnego
from rawspoof.core.conversation.ntlm_login import Login
from rawspoof.core.conversation.visit import Visit
from tests.conversation import ntlm_client as client
from tests.conversation.talks import NOON, living


@pytest.fixture
def login():
    visit = Visit(living("samba"), dice=5)
    return Login(visit, ntlm.house(visit, "6.1.0", joined=False))


@pytest.mark.parametrize(("first", "later"), [(client.first, client.later), (bytes, bytes)])
def test_a_password_is_refused_and_noted(login, first, later):
    asked = login.take(first(client.negotiate()), NOON)
    assert asked.status == ntstatus.MORE
    assert asked.token.startswith(b"NTLMSSP") is (first is bytes)
    step = login.take(later(client.authenticate("bob")), NOON)
    assert (step.status, step.offered.secret) == (ntstatus.LOGON_FAILURE, client.material(client.nonce(asked.token)))


def test_each_challenge_is_another(login):
    told = {client.nonce(login.take(client.negotiate(), NOON).token) for _ in range(9)}
    assert len(told) == 9


def test_no_name_is_a_session(login):
    login.take(client.negotiate(), NOON)
    step = login.take(client.authenticate("", "", b"", b"\0"), NOON)
    assert (step.status, step.token, step.offered.method) == (ntstatus.OK, spnego.accepted(), "anonymous")


def test_an_answer_counts_once_and_only_after_its_challenge(login):
    assert login.take(client.authenticate("bob"), NOON).status == ntstatus.INVALID_PARAMETER
    login.take(client.negotiate(), NOON)
    login.take(client.authenticate("bob"), NOON)
    assert login.take(client.authenticate("bob"), NOON).status == ntstatus.INVALID_PARAMETER


def test_a_mechanism_without_token_is_gone_on_with(login):
    named = client.first(b"")
    assert login.take(named, NOON) == (ntstatus.MORE, spnego.reply(b""), None)
    assert login.take(b"garbage", NOON).status == ntstatus.INVALID_PARAMETER
