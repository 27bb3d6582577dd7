"""The first exchange of SMB 1: the file's answer, fitted to what was asked."""

import pytest

from rawspoof.core.conversation.smb import greeting
from rawspoof.core.conversation.smb.edition import edition
from rawspoof.core.conversation.smb.message import parse
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.written import written
from tests.conversation.smb import client
from tests.conversation.talks import NOON, living


def ask(offer, flags=0xC803):
    return parse(client.one(0x72, b"", offer, flags)[4:])


def answer(service, **wanted):
    return written(living(service, 445, **wanted), client.one(0x72, b"", client.NMAP_OFFER, 0x4001), NOON).data


@pytest.mark.parametrize(
    ("service", "wanted", "offer", "place"),
    [
        ("samba", {}, client.NMAP_OFFER, 6),
        ("samba", {}, client.NT1, 0),
        ("samba", {}, b"\2X\0" + client.NT1, 1),
        ("samba", {}, b"\2X\0", None),
        ("microsoft-ds", {}, client.NMAP_OFFER, 7),
        ("microsoft-ds", {}, client.NT1, 0),
        ("microsoft-ds", {}, b"\2NT LANMAN 1.0\0", None),
        ("smb-device", {"product": "Edimax PS-1206P print server smbd"}, client.NMAP_OFFER, 4),
        ("smb-device", {"product": "Edimax PS-1206P print server smbd"}, client.NT1, None),
    ],
)
def test_the_dialect_is_looked_for_in_the_clients_list(service, wanted, offer, place):
    assert greeting.dialect(ask(offer), answer(service, **wanted)) == place


def test_smb2_is_rather_spoken_where_both_can():
    new, old = (
        edition(Visit(living(*w, **k)))
        for w, k in ((("samba-without-smb1", 445), {}), (("microsoft-ds", 445), {"native": "Windows 5.1"}))
    )
    both = ask(client.NT1 + b"\2SMB 2.002\0\2SMB 2.???\0")
    assert (greeting.second(both, new), greeting.second(both, old)) == (0x02FF, 0)
    assert greeting.second(ask(b"\2SMB 2.002\0"), new) == 0x0202
    assert greeting.second(ask(client.NT1), new) == 0


def test_an_extended_answer_has_data_for_challenge_and_names():
    plain = greeting.choose(answer("samba"), 0)
    said = greeting.extend(plain, ask(client.NT1), b"guid")
    assert len(said) == 4 + int.from_bytes(said[1:4])
    assert said[14:16] == b"\3\xc8"
    assert said[56:60] == b"\xfd\xf3\x80\x80"
    assert said[70:] == b"\0\4\0guid"
    assert greeting.nonce(plain) == plain[73:81]
    assert greeting.challenge(plain, b"12345678")[73:81] == b"12345678"


def test_no_dialect_is_told_in_five_octets():
    said = greeting.none(answer("samba"))
    assert (said[:4], said[36:]) == (b"\0\0\0\x25", b"\1\xff\xff\0\0")
    assert greeting.none(b"") == b""
    assert greeting.chooses(answer("netbios-device", product="Thursby DAVE Windows filesharing")) is False
