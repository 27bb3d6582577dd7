"""Conversations for tests: an identity from the catalogue, what a client sends, and what it hears.

Knows how to feed bytes and what must hold for any bytes; which words are right is each test's own business.
"""

from collections.abc import Iterable
from functools import cache
from itertools import pairwise
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from rawspoof.core.conversation.base import Credential, Reply, Then
from rawspoof.core.conversation.dialogue import Dialogue
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation
from rawspoof.core.signature.identity import Identity
from rawspoof.core.world import host
from rawspoof.edges.system.signatures import load_catalogue

NOON: Final = 1735732800.0
PEER: Final = b"\xc0\0\2\7"
SAID_MAX: Final = 64
"""Octets said, at most, for each octet heard, and that many thousand beside."""

_catalogue = cache(lambda: load_catalogue(())[0])


@cache
def living(service: str, port: int = 0, **wanted: str) -> Identity:
    """An identity of a catalogue service: the first whose fields, product or os have these values."""
    lot = _catalogue().services[service]
    facts = host.facts(bytes(range(32)), b"\xc0\0\2\1", port or next(iter(lot.ports), 40001), b"seed")
    for variety in lot.varieties:
        for number in range(variety.size):
            who = lot.identity(variety, number, facts)
            shown = {"product": who.product, "os": who.os, "version": who.version}
            if all(shown.get(key) == want or who.facts.get(key) == want.encode() for key, want in wanted.items()):
                return who
    raise AssertionError(f"{service} has no identity with {wanted}")


def talk(who: Identity | Speaker, dice: int = 7) -> Dialogue:
    """A conversation with an identity, or with a speaker as it is."""
    made = Dialogue(who) if isinstance(who, Speaker) else conversation(Visit(who, PEER, dice))
    assert isinstance(made, Dialogue)
    return made


def converse(who: Identity | Speaker, chunks: Iterable[bytes]) -> list[Reply]:
    """All replies: the greeting's, then one for each chunk, with all that came by itself after it."""
    spoken = talk(who)
    return [whole(spoken, spoken.opened(NOON)), *(whole(spoken, spoken.heard(data, NOON)) for data in chunks)]


def whole(spoken: Dialogue, reply: Reply) -> Reply:
    """The reply with all that comes by itself after it."""
    while reply.then is Then.MORE:
        more = spoken.idled(NOON)
        reply = Reply(reply.data + more.data, more.then, reply.after_s + more.after_s, reply.notes + more.notes)
    return reply


def said(replies: Iterable[Reply]) -> bytes:
    return b"".join(reply.data for reply in replies)


def credentials(replies: Iterable[Reply]) -> list[Credential]:
    return [note for reply in replies for note in reply.notes if isinstance(note, Credential)]


def never_raises(who: Identity, *words: bytes, examples: int = 40) -> None:
    """Whatever bytes come, cut anywhere, it answers the same, not too much, and raises nothing.

    `words` are bits of the protocol that random bytes would never make.
    """
    pieces = st.lists(st.one_of(st.sampled_from(words), st.binary(max_size=40)) if words else st.binary(), max_size=12)

    @settings(max_examples=examples, deadline=None, database=None)
    @given(pieces.map(b"".join), st.lists(st.integers(0, 200), max_size=6))
    def holds(data: bytes, cuts: list[int]) -> None:
        edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        chunks = [data[a:b] for a, b in pairwise(edges) if a < b]
        at_once, in_pieces = converse(who, [data] if data else []), converse(who, chunks)
        assert said(at_once) == said(in_pieces)
        assert credentials(at_once) == credentials(in_pieces)
        assert at_once[-1].then is in_pieces[-1].then
        assert len(said(at_once)) <= SAID_MAX * (1000 + len(data))

    holds()
