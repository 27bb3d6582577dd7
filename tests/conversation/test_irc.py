"""IRC: registration goes as far as the password, which is wrong."""

from rawspoof.core.conversation.base import Credential, Then
from tests.conversation.talks import converse, credentials, living, never_raises, said

WHO = living("unrealircd")
NAME = b"irc." + WHO.facts["domain"]
BOUNCER = living("irc-bouncer", product="psyBNC")


def heard(who, *chunks):
    return said(converse(who, chunks)[1:])


def test_who_is_registered_is_shown_out():
    replies = converse(WHO, [b"NICK joe\r\n", b"USER joe 0 * :Joe\r\n"])
    assert said(replies[1:]) == (
        b":" + NAME + b" 464 joe :Password Incorrect\r\nERROR :Closing Link: joe[~joe@192.0.2.7] (Bad Password)\r\n"
    )
    assert replies[-1].then is Then.CLOSE
    assert credentials(replies) == []


def test_a_password_is_learned_wherever_it_stands():
    for speech in (b"PASS s3cret\r\nNICK joe\r\nUSER j 0 * :J\r\n", b"USER j 0 * :J\nPASS :s3cret\nNICK joe\n"):
        replies = converse(WHO, [speech])
        assert credentials(replies) == [Credential("PASS", b"joe", b"s3cret")]
        assert replies[-1].then is Then.CLOSE


def test_capabilities_hold_registration_and_sasl_fails():
    speech = (b"CAP LS 302\r\nNICK joe\r\nUSER j 0 * :J\r\n", b"CAP REQ :sasl\r\n", b"AUTHENTICATE PLAIN\r\n",
              b"AUTHENTICATE AGpvZQBwdw==\r\n", b"CAP END\r\n")  # fmt: skip
    replies = converse(WHO, speech)
    assert [r.data.rstrip() for r in replies[1:5]] == [
        b":" + NAME + b" CAP * LS :multi-prefix sasl",
        b":" + NAME + b" CAP * ACK :sasl",
        b"AUTHENTICATE +",
        b":" + NAME + b" 904 joe :SASL authentication failed",
    ]
    assert credentials(replies) == [Credential("PLAIN", b"joe", b"pw")]
    assert replies[-1].then is Then.CLOSE
    assert b" 908 * PLAIN :are available" in heard(WHO, b"AUTHENTICATE EXTERNAL\r\n")
    assert b" 906 * :" in heard(WHO, b"AUTHENTICATE *\r\n")
    assert b" NAK :foo" in heard(WHO, b"CAP REQ :foo\r\n")


def test_before_registration_little_is_answered():
    assert heard(WHO, b"PING :abc\r\n") == b":" + NAME + b" PONG " + NAME + b" :abc\r\n"
    assert heard(WHO, b"JOIN #a\r\n") == b":" + NAME + b" 451 * :You have not registered\r\n"
    assert heard(WHO, b"NICK\r\n") == b":" + NAME + b" 431 * :No nickname given\r\n"
    assert heard(WHO, b"NICK 1!\r\n") == b":" + NAME + b" 432 * 1! :Erroneous Nickname\r\n"
    assert heard(WHO, b"USER a\r\n") == b":" + NAME + b" 461 * USER :Not enough parameters\r\n"
    assert heard(WHO, b"PONG :x\r\n") == b""
    assert converse(WHO, [b"QUIT :bye\r\n"])[-1].then is Then.CLOSE


def test_a_bouncer_asks_for_its_password():
    replies = converse(BOUNCER, [b"NICK joe\r\nUSER j 0 * :J\r\n", b"PASS pw\r\n"])
    assert b"Please type /QUOTE PASS yourpassword" in replies[1].data
    assert b"Wrong Password" in replies[2].data
    assert credentials(replies) == [Credential("PASS", b"joe", b"pw")]


def test_a_long_message_is_cut():
    assert len(heard(WHO, b"NICK " + b"x" * 5000 + b"\r\n")) < 700


def test_any_bytes_are_borne():
    words = (
        b"NICK a\r\n",
        b"USER a b c :d\r\n",
        b"CAP LS\r\n",
        b"CAP END\r\n",
        b"AUTHENTICATE PLAIN\r\n",
        b"PASS :",
        b"\n",
    )
    for who in (WHO, BOUNCER):
        never_raises(who, *words)
