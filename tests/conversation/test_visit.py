"""What a speaker knows of its connection: facts, words, and chance that is the same again for the same connection."""

from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.template import Later, Template


def visit(dice=1, **fields):
    return Visit(Identity("t", "t", "T", "1", "any", None, (), "line", **fields), dice=dice)


def test_facts_and_words_have_defaults():
    known = {"fqdn": b"mail.lan"}
    at = visit(facts=known, words={"late": Later(Template.parse("{fqdn} says no"), known)})
    assert (at.fact("fqdn"), at.fact("ver", b"?")) == (b"mail.lan", b"?")
    assert (at.word("late", 0.0, b"-"), at.word("early", 0.0, b"-")) == (b"mail.lan says no", b"-")


def test_chance_is_the_connection_s_own_and_comes_again():
    assert visit(5).octets(b"salt", 20) == visit(5).octets(b"salt", 20)
    assert len({visit(5).octets(b"salt", 20), visit(6).octets(b"salt", 20), visit(5).octets(b"pepper", 20)}) == 3


def test_tls_is_offered_only_where_somebody_can_speak_it():
    assert not visit(tls="starttls").starttls
    assert visit(tls="starttls")._replace(engines=object()).starttls
    assert not visit(tls="implicit")._replace(engines=object()).starttls
