"""SPNEGO: the bytes that Samba and Windows say, as captured from Samba 4.17."""

from rawspoof.core.conversation import spnego


def test_the_offer_is_sambas():
    assert spnego.offer([spnego.NTLMSSP]).hex() == (
        "604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa32a3028a0261b24"
        + b"not_defined_in_RFC4178@please_ignore".hex()
    )


def test_replies_carry_the_token_or_only_the_mechanism():
    head = "a003 0a0101 a10c 060a 2b06010401823702020a".replace(" ", "")
    assert spnego.reply(b"").hex() == "a1153013" + head
    assert spnego.reply(b"NTLM").hex() == "a11d301b" + head + "a2060404" + b"NTLM".hex()
    assert spnego.accepted().hex() == "a1073005a0030a0100"
