"""What a connection says and when: its conversation, the reply that waits for its moment, what follows once it is said.

Puts words into the Tcb's outbox; `tcp.send` makes segments of them. Decides nothing about TCP.
"""

from rawspoof.core.conversation.base import Conversation, Reply, Then
from rawspoof.core.conversation.drip import Dripped, EndlessLines
from rawspoof.core.conversation.fuzz import Fuzz, Payloads
from rawspoof.core.conversation.scripted import Scripted
from rawspoof.core.tcp import send
from rawspoof.core.tcp.tcb import NEVER, Tcb
from rawspoof.core.world.profile import Delivery, Mode, Profile
from rawspoof.core.world.world import jitter


class Talk:
    """One connection's conversation. A reply said while another waits goes with it."""

    __slots__ = ("conversation", "pending", "profile", "then")

    def __init__(self, conversation: Conversation, profile: Profile) -> None:
        self.conversation, self.profile = conversation, profile
        self.then = Then.LISTEN
        self.pending: Reply | None = None

    def queue(self, tcb: Tcb, reply: Reply, at: float) -> None:
        """A reply is due `after_s` from now, or together with the one that waits already."""
        if self.pending is not None:
            reply = Reply(self.pending.data + reply.data, reply.then)
        else:
            tcb.say_at = at + reply.after_s
        self.pending = reply

    def hear(self, tcb: Tcb, data: bytes, at: float) -> None:
        """The peer said something; after we have said our last it is only heard."""
        if self.then is not Then.CLOSE:
            self.queue(tcb, self.conversation.heard(data), at)

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
            self.queue(tcb, self.conversation.idled(), at)
        return cut

    def idle(self, tcb: Tcb, at: float) -> int:
        """The peer has been quiet for the idle time; what the conversation makes of it is said at once."""
        self.queue(tcb, self.conversation.idled(), at)
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


def begin(profile: Profile, payloads: Payloads | None, dice: int, at: float) -> Talk | None:
    """The talk of a new connection, None with a port that never says a byte. `dice` is the connection's own."""
    delay_s = jitter(profile.delay_s, dice)
    if profile.delivery is Delivery.WHOLE:
        return Talk(Scripted(profile, at, delay_s), profile) if profile.identity is not None else None
    if profile.delivery is Delivery.BYTES:
        return Talk(Dripped(Scripted(profile, at, delay_s)), profile)
    if profile.delivery is Delivery.FUZZ and payloads is not None:
        return Talk(Fuzz(payloads.next(dice), delay_s), profile)
    return Talk(EndlessLines(dice), profile)


def resume(profile: Profile, dice: int, at: float) -> Talk | None:
    """The talk of a connection that was put aside, and whose peer only now asks something; None if nobody answers."""
    if speechless(profile):
        return None
    conversation = Scripted(profile, at, jitter(profile.delay_s, dice))
    conversation.opened()
    return Talk(conversation, profile)


def speechless(profile: Profile) -> bool:
    """Whether a port has nothing to say to any request."""
    return profile.mode is Mode.SILENT or profile.identity is None or not profile.identity.answers


def said(profile: Profile, octets: int) -> bool:
    """Whether a peer that never spoke would have had this much from us: nothing, or the greeting."""
    if not octets:
        return True
    return profile.identity is not None and profile.identity.greet is not None and profile.identity.greet.size == octets
