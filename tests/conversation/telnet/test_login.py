"""Logins: what a telnet client sees of each kind of system, and what is learned from who tries."""

from rawspoof.core.conversation.base import Credential, Request, Then
from tests.conversation.talks import NOON, converse, credentials, living, never_raises, said, talk

BUSYBOX = living("busybox-telnetd")
LINUX = living("telnetd", os="linux")
CISCO = living("network-telnet", os="ios", product="Cisco IOS telnetd")
CLIENT = b"\xff\xfd\x01\xff\xfd\x03\xff\xfc\x01\xff\xfb\x1f\xff\xfa\x1f\0\x50\0\x18\xff\xf0"
"""A telnet client on a terminal, to BusyBox's greeting."""
REFUSAL = b"\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27"


def test_a_name_is_echoed_and_a_password_is_not():
    replies = converse(BUSYBOX, [CLIENT, b"r", b"ot\x7f\x7foot\r\0", b"xc3511\r\0"])
    host = BUSYBOX.facts["host"]
    assert [reply.data for reply in replies[1:]] == [
        b"",
        b"r",
        b"ot\x08 \x08\x08 \x08oot\r\nPassword: ",
        b"\r\nLogin incorrect\r\n" + host + b" login: ",
    ]
    assert [reply.after_s for reply in replies[1:]] == [0.0, 0.0, 0.0, 3.0]
    assert credentials(replies) == [Credential("password", b"root", b"xc3511")]
    assert [n for r in replies for n in r.notes if isinstance(n, Request)] == [Request(b"root"), Request(b"xc3511")]


def test_ends_of_lines_are_told_apart_however_they_are_cut():
    for end in (b"\r\n", b"\r\0", b"\r", b"\n"):
        once = converse(BUSYBOX, [b"admin" + end + b"1234" + end])
        assert credentials(once) == [Credential("password", b"admin", b"1234")]
        cut = converse(BUSYBOX, [bytes((octet,)) for octet in b"admin" + end + b"1234" + end])
        assert said(cut) == said(once)


def test_the_third_failure_is_the_last():
    replies = converse(BUSYBOX, [b"root\nadmin\n", b"support\nsupport\n", b"user\nuser\n"])
    assert [reply.then for reply in replies[1:]] == [Then.LISTEN, Then.LISTEN, Then.CLOSE]
    assert [c.user for c in credentials(replies)] == [b"root", b"support", b"user"]


def test_systems_that_want_options_first_ask_when_they_have_them():
    replies = converse(LINUX, [b"root\r\n", b"\xff\xfb\x18\xff\xfc\x20\xff\xfc\x23", b"\xff\xfc\x27"])
    assert [reply.data for reply in replies[1:]] == [b"", b"\xff\xfa\x18\x01\xff\xf0", b""]
    replies = converse(LINUX, [REFUSAL, b"\xff\xfc\x01\xff\xfc\x1f\xff\xfc\x21\xff\xfd\x01", b"root\r\n", b"toor\r\n"])
    host = LINUX.facts["host"]
    assert replies[1].data == b"\xff\xfb\x03\xff\xfd\x01\xff\xfd\x1f\xff\xfb\x05\xff\xfd\x21"
    assert replies[2].data.endswith(b"\r\n" + host + b" login: ")
    assert replies[3].data == b"root\r\nPassword: "
    assert replies[4].data == b"\r\nLogin incorrect\r\n" + host + b" login: "


def test_a_line_password_is_asked_for_without_a_name():
    who = living("network-telnet", os="zynos")
    replies = converse(who, [b"1234\r\n", b"admin\r\n", b"\r\n"])
    assert credentials(replies) == [Credential("password", b"", p) for p in (b"1234", b"admin", b"")]
    assert replies[1].data == b"\r\nPassword: "
    assert replies[-1].then is Then.CLOSE


def test_cisco_says_it_in_its_own_words():
    replies = converse(CISCO, [b"cisco\r\ncisco\r\n"])
    assert said(replies[1:]) == b"cisco\r\nPassword: \r\n% Login invalid\r\n\r\nUsername: "


def test_an_empty_name_is_asked_again_and_end_of_file_leaves():
    replies = converse(BUSYBOX, [b"\r\n", b"\x04"])
    assert replies[1].data == b"\r\n" + BUSYBOX.facts["host"] + b" login: "
    assert replies[2].then is Then.CLOSE


def test_are_you_there_is_answered_and_keys_by_command_work():
    replies = converse(BUSYBOX, [b"\xff\xf6", b"rx\xff\xf7oot\xff\xf8", b"a\xff\xffb\r\nx\r\n"])
    assert replies[1].data == b"\r\n[Yes]\r\n"
    assert credentials(replies) == [Credential("password", b"a\xffb", b"x")]


def test_a_console_shows_its_prompt_again():
    who = living("console-telnet", product="QEMU monitor telnetd")
    assert said(converse(who, [b"info\r\n"])[1:]) == b"info\r\n(qemu) "


def test_who_falls_asleep_is_told():
    spoken = talk(BUSYBOX)
    spoken.heard(b"root\r\n", NOON)
    assert spoken.patience_s == 60
    assert spoken.idled(NOON).data == b"\r\nLogin timed out after 60 seconds\r\n"


def test_other_protocols_are_names_that_are_wrong():
    replies = converse(BUSYBOX, [b"GET / HTTP/1.0\r\n\r\n"])
    assert credentials(replies) == [Credential("password", b"GET / HTTP/1.0", b"")]
    assert b"<" not in said(replies)


def test_any_length_is_typed_in_vain():
    for size in (500, 20000, 40000):
        replies = converse(BUSYBOX, [b"x" * size, b"\r\n"])
        assert replies[-1] == (b"\r\nPassword: ", Then.LISTEN, 0.0, (Request(b"x" * 255),))


def test_any_bytes_are_borne():
    words = (b"\xff", b"\xfb", b"\xfd", b"\xfa", b"\x18", b"\xff\xf0", b"\r", b"\n", b"\0", b"root", b"\x7f", REFUSAL)
    for who in (BUSYBOX, LINUX, living("console-telnet", product="VLC media player telnetd")):
        never_raises(who, *words)
