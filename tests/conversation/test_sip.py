"""SIP: options are told, registrations and calls challenged, passwords learned."""

from rawspoof.core.conversation.base import Then
from tests.conversation.talks import converse, credentials, living, never_raises, said

ASTERISK = living("asterisk-sip")
PHONE = living("sip-phone")
KAMAILIO = living("kamailio")

HEADERS = (
    b"Via: SIP/2.0/TCP 192.0.2.7:5060;branch=z9hG4bK1",
    b"From: <sip:100@pbx>;tag=1",
    b"To: <sip:100@pbx>",
    b"Call-ID: abc@192.0.2.7",
    b"CSeq: 1 REGISTER",
)


def ask(method, *more, headers=HEADERS):
    return b"\r\n".join([b"%b sip:pbx SIP/2.0" % method, *headers, *more, b"Content-Length: 0", b"", b""])


def heard(who, *chunks):
    return said(converse(who, chunks))


def test_options_are_answered_as_the_file_has_it():
    told = heard(ASTERISK, ask(b"OPTIONS"))
    assert told.startswith(b"SIP/2.0 404 Not Found\r\nVia: SIP/2.0/TCP 192.0.2.7:5060;branch=z9hG4bK1\r\n")
    assert b"Allow: INVITE, ACK" in told
    assert heard(PHONE, ask(b"OPTIONS")).startswith(b"SIP/2.0 200 OK\r\n")


def test_registrations_and_calls_are_challenged():
    for who in (ASTERISK, PHONE, KAMAILIO):
        for method in (b"REGISTER", b"INVITE"):
            told = heard(who, ask(method))
            assert told.startswith(b"SIP/2.0 401 Unauthorized\r\nVia: ")
            assert b"WWW-Authenticate: Digest " in told
            assert b"Call-ID: abc@192.0.2.7\r\n" in told
            assert b"CSeq: 1 REGISTER\r\n" in told
    assert b"\r\nServer: kamailio (" in heard(KAMAILIO, ask(b"REGISTER"))
    assert b'realm="asterisk"' in heard(ASTERISK, ask(b"REGISTER"))


def test_passwords_are_learned_and_wrong():
    digest = b'Authorization: Digest username="100",realm="asterisk",nonce="n",uri="sip:pbx",response="r"'
    for who, code in ((ASTERISK, b"403 Forbidden"), (KAMAILIO, b"401 Unauthorized")):
        replies = converse(who, [ask(b"REGISTER", digest)])
        assert said(replies).startswith(b"SIP/2.0 " + code + b"\r\n")
        (credential,) = credentials(replies)
        assert (credential.method, credential.user) == ("Digest", b"100")
        assert credential.secret.startswith(b'REGISTER username="100"')


def test_compact_names_are_understood():
    compact = tuple(
        b"%b:%b" % (short, line.partition(b":")[2])
        for short, line in zip((b"v", b"f", b"t", b"i", b"CSeq "), HEADERS, strict=True)
    )
    assert heard(PHONE, ask(b"OPTIONS", headers=compact)) == heard(PHONE, ask(b"OPTIONS"))


def test_what_has_no_call_no_answer_or_not_all_its_headers():
    assert heard(PHONE, ask(b"ACK")) == b""
    assert heard(PHONE, ask(b"BYE")).startswith(b"SIP/2.0 481 Call/Transaction Does Not Exist\r\n")
    assert heard(PHONE, ask(b"INVITE", headers=HEADERS[:4])).startswith(b"SIP/2.0 400 Bad Request (Missing Cseq)\r\n")
    assert converse(PHONE, [b"GET / HTTP/1.0\r\n\r\n"])[-1].then is Then.CLOSE
    assert heard(PHONE, b"\r\n\r\n" + ask(b"ACK")) == b"\r\n"


def test_echoes_are_bounded():
    long = tuple(line + b"x" * 3000 for line in HEADERS)
    for who in (ASTERISK, PHONE):
        for method in (b"OPTIONS", b"REGISTER"):
            assert len(heard(who, ask(method, headers=long))) < 4500


def test_any_bytes_are_borne():
    words = (ask(b"OPTIONS"), ask(b"INVITE", headers=HEADERS[2:]), b"SIP/2.0\r\n", b"\r\n\r\n", *HEADERS, b"l: 20\r\n")
    for who in (ASTERISK, PHONE, living("fritzbox-sip")):
        never_raises(who, *words, examples=30)
