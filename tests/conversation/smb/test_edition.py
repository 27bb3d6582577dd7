"""Which server an identity is."""

from rawspoof.core.conversation import spnego
from rawspoof.core.conversation.smb.edition import UPTIME_MAX_S, edition
from rawspoof.core.conversation.visit import Visit
from tests.conversation.talks import NOON, living


def test_samba_is_its_name_and_windows_is_in_a_domain():
    samba, windows = (edition(Visit(living(s, 445))) for s in ("samba-without-smb1", "microsoft-ds"))
    assert samba.guid == samba.house.computer.lower().encode().ljust(16, b"\0")
    assert (samba.workgroup, samba.house.joined) == ("WORKGROUP", False)
    assert windows.house.joined
    assert windows.workgroup == windows.house.domain
    assert spnego.KERBEROS in windows.offer
    assert spnego.KERBEROS not in samba.offer


def test_an_uptime_begins_once_and_not_with_each_question():
    seven = edition(Visit(living("microsoft-ds", 445, native="Windows 7 Professional 7601 Service Pack 1")))
    booted = seven.booted_at(NOON)
    assert {seven.booted_at(booted + s) for s in (1, 1000, UPTIME_MAX_S - 1)} == {booted}
    assert edition(Visit(living("samba", 445))).booted_at(NOON) == 0.0


def test_netbios_has_no_large_requests():
    direct, session = (edition(Visit(living("samba-without-smb1", port))) for port in (445, 139))
    assert (direct.size_max(0x0311), session.size_max(0x0311)) == (0x800000, 0x10000)


def test_only_a_file_that_says_so_minds_by_which_name_it_is_called():
    assert edition(Visit(living("netbios-ssn"))).called == living("netbios-ssn").facts["host"].upper()
    assert edition(Visit(living("samba", 139))).called == b""
    assert edition(Visit(living("smb-device"))).native == ""
