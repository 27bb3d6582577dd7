"""A connection in any state, for tests that begin in the middle of one."""

from dataclasses import fields
from typing import Any, Final

from rawspoof.core.tcp.state import State
from rawspoof.core.tcp.tcb import Tcb
from tests.peers import segment

ISS: Final = 5000
IRS: Final = 1000
KEY: Final = segment(0).key
STATED: Final = {field.name for field in fields(Tcb) if field.init}
"""Fields that the constructor takes; others are set afterwards."""


def established(**changed: Any) -> Tcb:
    """An ESTABLISHED connection on which nothing was said: SND.NXT is ISS + 1, RCV.NXT is IRS + 1."""
    plain = {
        "key": KEY, "state": State.ESTABLISHED, "iss": ISS, "snd_una": ISS + 1, "snd_nxt": ISS + 1, "snd_wnd": 64240,
        "snd_wl1": IRS + 1, "snd_wl2": ISS + 1, "rcv_nxt": IRS + 1, "mss": 1460, "shift": None, "ts_recent": None,
        "dice": 0x123456789ABCDEF, "opened_at": 1000.0, "ident": 0, "bytes_out": 0,
    }  # fmt: skip
    tcb = Tcb(**plain | {name: value for name, value in changed.items() if name in STATED})
    for name in changed.keys() - STATED:
        assert hasattr(tcb, name), name
        setattr(tcb, name, changed[name])
    return tcb
