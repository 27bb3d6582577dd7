"""SMB 1 up to the refusal: plain and extended log-ins, and what is asked without one."""

import pytest

from rawspoof.core.conversation import ntstatus
from rawspoof.core.conversation.base import Then
from tests.conversation import ntlm_client as ntlm
from tests.conversation.smb import client
from tests.conversation.smb.test_two import hears
from tests.conversation.talks import converse, credentials, living

GREET = client.one(0x72, b"", client.NT1, 0x4001)
GREET_EXTENDED = client.one(0x72, b"", client.NT1)


@pytest.fixture
def who():
    return living("samba", 445)


def user(said):
    return int.from_bytes(said[32:34], "little")


def test_an_answer_to_the_challenge_is_refused_and_noted(who):
    challenge = hears(who, GREET).data[73:81]
    refused = hears(who, GREET, client.plain(b"bob"))
    assert client.status(refused.data) == ntstatus.LOGON_FAILURE
    (offered,) = credentials([refused])
    assert (offered.method, offered.user) == ("NTLMv1", b"DOM\\bob")
    assert offered.secret == b":".join(part.hex().encode() for part in (challenge, b"l" * 24, b"n" * 24))


def test_names_in_utf16_are_read_too(who):
    words = client.plain(b"")[4 + 33 :][:26]
    data = b"l" * 24 + b"n" * 24 + b"\0" + "bob\0DOM\0".encode("utf-16-le")
    refused = hears(who, GREET, client.one(0x73, words, data, 0xC001))
    assert credentials([refused])[0].user == b"DOM\\bob"


def test_a_log_in_in_steps_is_refused_and_noted(who):
    asked = hears(who, GREET_EXTENDED, client.extended(ntlm.first(ntlm.negotiate())))
    assert client.status(asked.data) == ntstatus.MORE
    assert "Samba 4.1.12".encode("utf-16-le") in asked.data
    answer = client.extended(ntlm.later(ntlm.authenticate("bob")), user(asked.data))
    refused = hears(who, GREET_EXTENDED, client.extended(ntlm.first(ntlm.negotiate())), answer)
    assert client.status(refused.data) == ntstatus.LOGON_FAILURE
    assert credentials([refused])[0].secret == ntlm.material(ntlm.nonce(asked.data))


@pytest.mark.parametrize(
    ("service", "system"),
    [
        ("samba", b"Windows 6.1\0Samba 4.1.12\0WORKGROUP\0"),
        ("microsoft-ds", b"Windows 5.1\0Windows 2000 LAN Manager\0"),
    ],
)
def test_whoever_has_no_name_learns_the_system_and_connects_no_tree(service, system):
    who = living(service, 445)
    opened = hears(who, GREET, client.plain(b"", b"", b""))
    assert client.status(opened.data) == ntstatus.OK
    assert system in opened.data
    refused = hears(who, GREET, client.plain(b"", b"", b""), client.tree(user(opened.data)))
    assert client.status(refused.data) == ntstatus.ACCESS_DENIED
    left = client.one(0x74, b"\xff\0\0\0", user=user(opened.data))
    assert client.status(hears(who, GREET, client.plain(b"", b"", b""), left).data) == ntstatus.OK
    again = hears(who, GREET, client.plain(b"", b"", b""), left, left)
    assert client.status(again.data) == ntstatus.BAD_UID


@pytest.mark.parametrize(
    ("command", "samba", "windows"),
    [
        (0x32, ntstatus.NAME_DELETED, ntstatus.BAD_UID),
        (0x25, ntstatus.NAME_DELETED, ntstatus.BAD_UID),
        (0xA0, ntstatus.NAME_DELETED, ntstatus.BAD_UID),
        (0x71, ntstatus.BAD_TID, ntstatus.BAD_TID),
        (0x75, ntstatus.BAD_UID, ntstatus.BAD_UID),
        (0xD8, ntstatus.BAD_COMMAND, ntstatus.BAD_COMMAND),
        (0x73, ntstatus.INVALID_PARAMETER, ntstatus.INVALID_PARAMETER),
    ],
)
def test_nothing_is_done_without_a_session(command, samba, windows):
    """EternalBlue and DoublePulsar begin with 0x32 and 0xa0."""
    for service, told in (("samba", samba), ("microsoft-ds", windows)):
        assert client.status(hears(living(service, 445), GREET, client.one(command)).data) == told


def test_an_echo_comes_back(who):
    assert hears(who, GREET, client.one(0x2B, b"\1\0", b"hello")).data.endswith(b"\5\0hello")
    assert hears(who, GREET, client.one(0x2B, b"\0\0", b"hello")).data == b""


@pytest.mark.parametrize(
    "packets",
    [
        [client.plain(b"bob")],
        [client.one(0x32)],
        [GREET, GREET],
        [client.packet(b"\xffSMB")],
        [client.one(0x72, b"", b"\2X\0")],
        [client.packet(b"\xffSMBr")],
    ],
)
def test_what_is_out_of_order_ends_the_connection(who, packets):
    assert converse(who, packets)[-1].then is Then.CLOSE


def test_a_device_takes_passwords_and_nothing_else():
    who = living("smb-device", 445, product="Epson printer smbd")
    refused = hears(who, GREET, client.plain(b"bob"))
    assert client.status(refused.data) == ntstatus.LOGON_FAILURE
    assert credentials([refused])
    assert client.status(hears(who, GREET_EXTENDED, client.extended(b"x")).data) == ntstatus.INVALID_PARAMETER
    assert hears(who, client.negotiate()).then is Then.CLOSE


def test_an_older_form_of_log_in_is_noted(who):
    words = b"\xff\0\0\0" + bytes(10) + b"\x08\0" + bytes(4)
    refused = hears(who, GREET, client.one(0x73, words, b"password" + b"bob\0", 0))
    assert credentials([refused])[0].user == b"bob"
