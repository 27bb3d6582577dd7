"""The door of SMB: NetBIOS sessions, foreign probes, and that nothing brings it down."""

import pytest

from rawspoof.core.conversation.base import Then
from tests.conversation import ntlm_client as ntlm
from tests.conversation.smb import client
from tests.conversation.talks import converse, living, never_raises, said

GREET = client.one(0x72, b"", client.NT1, 0x4001)


def call(name: bytes) -> bytes:
    letters = bytes(65 + half for c in name.ljust(15) + b" " for half in (c >> 4, c & 15))
    return b"\x81\0\0\x44 " + letters + b"\0 " + b"CA" * 16 + b"\0"


def test_a_session_is_opened_for_whoever_knows_the_name():
    who = living("netbios-ssn")
    for name in (b"*SMBSERVER", who.facts["host"].upper()):
        replies = converse(who, [call(name), GREET])
        assert replies[1].data == b"\x82\0\0\0"
        assert replies[2].data[4:9] == b"\xffSMBr"
    assert converse(who, [call(b"OTHER")])[-1][:2] == (b"\x83\0\0\1\x82", Then.CLOSE)
    assert converse(who, [GREET])[-1][:2] == (b"\x83\0\0\1\x8f", Then.CLOSE)
    assert converse(who, [b"\x81\0\0\1x"])[-1].then is Then.CLOSE


def test_samba_opens_a_session_for_any_name_and_needs_none():
    who = living("samba", 139)
    assert said(converse(who, [call(b"ANY"), GREET])).startswith(b"\x82\0\0\0\0")
    assert said(converse(who, [GREET]))[4:9] == b"\xffSMBr"


@pytest.mark.parametrize(("service", "told"), [("samba-netbios", b"\x83\0\0\1\x81"), ("bizhub-netbios", b"\x82\0\0\0")])
def test_servers_that_let_nobody_this_far_have_one_answer(service, told):
    for packet in (call(b"*SMBSERVER"), GREET, client.negotiate()):
        assert said(converse(living(service), [packet])) == told


def test_foreign_probes_end_it_or_wait_as_the_real_ones_do():
    http = b"GET / HTTP/1.0\r\n\r\n"
    assert converse(living("microsoft-ds"), [http])[-1][:2] == (b"", Then.CLOSE)
    assert converse(living("samba"), [http])[-1][:2] == (b"", Then.LISTEN)
    assert converse(living("samba"), [http + bytes(20000)])[-1].then is Then.CLOSE
    assert converse(living("samba"), [client.packet(b"GET /")])[-1].then is Then.CLOSE
    assert converse(living("samba"), [b"\x85\0\0\0", GREET])[1][:2] == (b"", Then.LISTEN)


@pytest.mark.parametrize("service", ["samba", "samba-without-smb1", "microsoft-ds", "netbios-ssn", "smb-device"])
def test_whatever_bytes_come(service):
    never_raises(
        living(service, 445),
        GREET,
        client.one(0x72, b"", client.NT1),
        client.negotiate(),
        client.negotiate((0x0210,)),
        client.setup(ntlm.first(ntlm.negotiate())),
        client.setup(ntlm.later(ntlm.authenticate("bob"))),
        client.extended(ntlm.first(ntlm.negotiate())),
        client.plain(b"bob"),
        call(b"*SMBSERVER"),
        client.packet(client.two(13, b"\4\0\0\0")),
        client.packet(b"\xffSMBs" + bytes(30)),
        client.packet(b"\xffSMBs" + b"\x01" * 60),
        examples=15,
    )
