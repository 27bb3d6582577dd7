"""The connection states that we keep, and every change between them, as a table. Knows no segments.

RFC 9293 §3.3.2. LISTEN and SYN-RECEIVED are not here: the cookie remembers them for us (`handshake`). TIME-WAIT is
kept frozen (`held`), so it has a state but no Tcb.
"""

from enum import Enum
from typing import Final


class State(Enum):
    """RFC 9293 §3.3.2, the synchronized states."""

    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN-WAIT-1"
    FIN_WAIT_2 = "FIN-WAIT-2"
    CLOSE_WAIT = "CLOSE-WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST-ACK"
    TIME_WAIT = "TIME-WAIT"
    CLOSED = "CLOSED"


class Cue(Enum):
    """What can change a state."""

    CLOSE = "close"
    """We have nothing more to send: our FIN goes out."""
    FIN_ACKED = "fin acked"
    """The peer acknowledged our FIN."""
    RCV_FIN = "rcv fin"
    """The peer's FIN arrived in order."""
    RESET = "reset"
    """A valid RST arrived, or we gave up."""


TRANSITIONS: Final = {
    (State.ESTABLISHED, Cue.CLOSE): State.FIN_WAIT_1,
    (State.ESTABLISHED, Cue.RCV_FIN): State.CLOSE_WAIT,
    (State.CLOSE_WAIT, Cue.CLOSE): State.LAST_ACK,
    (State.FIN_WAIT_1, Cue.FIN_ACKED): State.FIN_WAIT_2,
    (State.FIN_WAIT_1, Cue.RCV_FIN): State.CLOSING,
    (State.FIN_WAIT_2, Cue.RCV_FIN): State.TIME_WAIT,
    (State.CLOSING, Cue.FIN_ACKED): State.TIME_WAIT,
    (State.LAST_ACK, Cue.FIN_ACKED): State.CLOSED,
}
"""A pair that is not here changes nothing; RESET leads to CLOSED from everywhere."""

RECEIVES_TEXT: Final = frozenset({State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2})
"""States in which the peer may still send (RFC 9293 §3.10.7.4, seventh)."""


def after(state: State, cue: Cue) -> State:
    """The state that follows, the same one where the cue means nothing to it."""
    return State.CLOSED if cue is Cue.RESET else TRANSITIONS.get((state, cue), state)
