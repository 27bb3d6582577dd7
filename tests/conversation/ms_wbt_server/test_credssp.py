"""CredSSP's envelope: read, answered, and nothing made of what is none."""

import pytest

from rawspoof.core.conversation.der import der
from rawspoof.core.conversation.ms_wbt_server import credssp

NMAP = bytes.fromhex("3017a003020160a110300e300ca00a04084e544c4d53535000")


def test_nmaps_request_is_read_and_answered_alike():
    assert credssp.parse(NMAP) == (0x60, b"NTLMSSP\0")
    assert credssp.reply(b"NTLMSSP\0") == NMAP.replace(b"\2\1\x60", b"\2\1\6")


def test_a_refusal_tells_the_status():
    assert credssp.refusal(0xC000006D).hex() == "300da003020106a4060204c000006d"


@pytest.mark.parametrize("said", [b"", NMAP[:-1], der(0x31, b""), der(0x30, b""), der(0x30, NMAP[2:7])])
def test_what_has_no_token_is_none(said):
    assert credssp.parse(said) is None
