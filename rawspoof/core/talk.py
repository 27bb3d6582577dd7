"""What a connection says and when: its conversation, the reply that waits for its moment, what follows once it is said.

Puts words into the Tcb's outbox; `tcp.send` makes segments of them. Decides nothing about TCP.
"""

from typing import NamedTuple

from rawspoof.core.conversation.base import Conversation, Note, Reply, Then
from rawspoof.core.conversation.drip import Dripped, EndlessLines
from rawspoof.core.conversation.engines import Engines
from rawspoof.core.conversation.fuzz import Fuzz, Payloads
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import conversation, talks
from rawspoof.core.tcp import send
from rawspoof.core.tcp.tcb import NEVER, Tcb
from rawspoof.core.world.profile import Delivery, Mode, Profile
from rawspoof.core.world.world import jitter


class Talk:
    """One connection's conversation. A reply said while another waits goes with it."""

    __slots__ = ("conversation", "notes", "pending", "profile", "then")

    def __init__(self, conversation: Conversation, profile: Profile) -> None:
        self.conversation, self.profile = conversation, profile
        self.then = Then.LISTEN
        self.pending: Reply | None = None
        self.notes: list[Note] = []
        """Evidence that no event tells of yet."""

    def queue(self, tcb: Tcb, reply: Reply, at: float) -> None:
        """A reply is due `after_s` from now, or together with the one that waits already."""
        self.notes += reply.notes
        if self.pending is not None:
            reply = reply._replace(data=self.pending.data + reply.data)
        else:
            tcb.say_at = at + reply.after_s
        self.pending = reply

    def hear(self, tcb: Tcb, data: bytes, at: float) -> None:
        """The peer said something; after we have said our last it is only heard."""
        if self.then is not Then.CLOSE:
            self.queue(tcb, self.conversation.heard(data, at), at)

    def say(self, tcb: Tcb, at: float) -> int:
        """The reply's moment has come: into the outbox with it. How many octets found no room there."""
        tcb.say_at = NEVER
        if self.pending is None:
            return 0
        reply, self.pending = self.pending, None
        cut = send.queue(tcb, reply.data)
        self.then = reply.then
        if reply.then is Then.CLOSE:
            send.close(tcb)
        elif reply.then is Then.MORE:
            self.queue(tcb, self.conversation.idled(at), at)
        return cut

    def idle(self, tcb: Tcb, at: float) -> int:
        """The peer has been quiet for the idle time; what the conversation makes of it is said at once."""
        self.queue(tcb, self.conversation.idled(at), at)
        return self.say(tcb, at)

    def leave(self, tcb: Tcb) -> None:
        """The peer closed its side: so do we, once what it asked for has been said (half-closed, it still reads)."""
        if self.pending is not None and self.pending.data and self.pending.then is not Then.MORE:
            self.pending = self.pending._replace(then=Then.CLOSE)
            return
        self.pending, self.then, tcb.say_at = None, Then.CLOSE, NEVER
        send.close(tcb)

    @property
    def quiet(self) -> bool:
        """Whether there is nothing more to say."""
        return self.then is Then.HOLD and self.pending is None


class Props(NamedTuple):
    """What conversations are given beside their port."""

    payloads: Payloads | None = None
    """For ports of a fuzz world."""
    engines: Engines | None = None
    """Cryptography; without it no port speaks TLS."""


def begin(profile: Profile, props: Props, peer: bytes, dice: int, at: float) -> Talk | None:
    """The talk of a new connection, None with a port that never says a byte.

    `peer` is the source's packed address, `dice` the connection's own.
    """
    delay_s = jitter(profile.delay_s, dice)
    if profile.delivery is Delivery.FUZZ and props.payloads is not None:
        return Talk(Fuzz(props.payloads.next(dice), delay_s), profile)
    if profile.delivery is Delivery.LINES:
        return Talk(EndlessLines(dice), profile)
    if profile.identity is None:
        return None
    spoken = conversation(Visit(profile.identity, peer, dice, delay_s, props.engines))
    return Talk(Dripped(spoken) if profile.delivery is Delivery.BYTES else spoken, profile)


def resume(profile: Profile, props: Props, peer: bytes, dice: int, at: float) -> Talk | None:
    """The talk of a connection that was put aside, and whose peer only now asks something; None if nobody answers."""
    if profile.identity is None or speechless(profile):
        return None
    spoken = conversation(Visit(profile.identity, peer, dice, jitter(profile.delay_s, dice), props.engines))
    spoken.opened(at)
    return Talk(spoken, profile)


def speechless(profile: Profile) -> bool:
    """Whether a port has nothing to say to any request."""
    return profile.mode is Mode.SILENT or profile.identity is None or not talks(profile.identity)


def said(profile: Profile, octets: int) -> bool:
    """Whether a peer that never spoke would have had this much from us: nothing, or the greeting."""
    if not octets:
        return True
    greet = profile.identity.greet if profile.identity is not None and profile.mode is Mode.GREET else None
    return greet is not None and greet.size == octets
