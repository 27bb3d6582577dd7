"""Connections kept frozen: 46 bytes instead of a Tcb, for holds that we shall close ourselves, and for TIME-WAIT.

A hold without end is not even here: its own segments tell all that is needed (`handshake.Cookies.prove`). Thawed, a
connection goes up the same ladder as any other.
"""

from enum import IntEnum
from struct import Struct

from rawspoof.core.tcp.seqnum import lt
from rawspoof.core.tcp.state import State
from rawspoof.core.tcp.tcb import Tcb

_FROZEN = Struct("!ddIIIIIHIHBB")
_FLAG_TIMESTAMPS = 0x40
_NO_SHIFT = 15


class Why(IntEnum):
    """Why a connection is kept."""

    HOLD = 0
    TIME_WAIT = 1


class Holds:
    """Key → frozen connection, bounded; one that finds no room is simply never closed by us, and counted."""

    def __init__(self, holds_max: int) -> None:
        self._holds: dict[bytes, bytes] = {}
        self._max = holds_max
        self.refused = 0

    def __len__(self) -> int:
        return len(self._holds)

    def __contains__(self, key: bytes) -> bool:
        return key in self._holds

    def limit(self, holds_max: int) -> None:
        """Keep so many from now on; those that are more stay until their time."""
        self._max = holds_max

    def freeze(self, tcb: Tcb, why: Why, due_at: float) -> bool:
        """Keep a quiet connection until `due_at` (seconds since the epoch); False if there is no room."""
        if len(self._holds) >= self._max and tcb.key not in self._holds:
            self.refused += 1
            return False
        stamps = _FLAG_TIMESTAMPS if tcb.ts_recent is not None else 0
        self._holds[tcb.key] = _FROZEN.pack(
            due_at, tcb.opened_at, tcb.iss, tcb.snd_nxt, tcb.rcv_nxt, tcb.ts_recent or 0,
            min(tcb.bytes_in, 0xFFFFFFFF), min(tcb.exchanges, 0xFFFF), tcb.turn, tcb.mss,
            (_NO_SHIFT if tcb.shift is None else tcb.shift) | stamps, why,
        )  # fmt: skip
        return True

    def due_at(self, key: bytes) -> float | None:
        """When this one is to be closed or forgotten, None if it is not here."""
        frozen = self._holds.get(key)
        return None if frozen is None else float(_FROZEN.unpack(frozen)[0])

    def why(self, key: bytes) -> Why:
        """Why this one is kept. Raises KeyError."""
        return Why(self._holds[key][-1])

    def reopen(self, key: bytes, seq: int) -> bool:
        """Whether a SYN with this number takes the place of a TIME-WAIT, now forgotten (RFC 9293 §3.10.7.4, fourth)."""
        frozen = self._holds.get(key)
        if frozen is None or frozen[-1] != Why.TIME_WAIT:
            return False
        rcv_nxt: int = _FROZEN.unpack(frozen)[4]
        if not lt(rcv_nxt, seq):
            return False
        del self._holds[key]
        return True

    def pop(self, key: bytes, dice: int) -> Tcb:
        """Take a connection out, thawed; `dice` is the connection's own again. Raises KeyError."""
        due_at, opened_at, iss, snd_nxt, rcv_nxt, ts_recent, bytes_in, exchanges, turn, mss, bits, why = _FROZEN.unpack(
            self._holds.pop(key)
        )
        shift = bits & 0x0F
        tcb = Tcb(
            key=key, state=State.TIME_WAIT if why else State.ESTABLISHED, iss=iss, snd_una=snd_nxt, snd_nxt=snd_nxt,
            snd_wnd=0xFFFF, snd_wl1=rcv_nxt, snd_wl2=snd_nxt, rcv_nxt=rcv_nxt, mss=mss,
            shift=None if shift == _NO_SHIFT else shift, ts_recent=ts_recent if bits & _FLAG_TIMESTAMPS else None,
            dice=dice, opened_at=opened_at, ident=dice & 0xFFFF, bytes_out=(snd_nxt - iss - 1) & 0xFFFFFFFF,
        )  # fmt: skip
        tcb.bytes_in, tcb.exchanges, tcb.turn, tcb.hold_until = bytes_in, exchanges, turn, due_at
        if why:
            # Its end was reported when TIME-WAIT began.
            tcb.ending = ""
        return tcb
