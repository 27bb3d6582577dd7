"""The state table, whole: every state with every cue."""

from itertools import product

import pytest

from rawspoof.core.tcp.state import RECEIVES_TEXT, Cue, State, after

CHANGES = {
    "ESTABLISHED": {"close": "FIN-WAIT-1", "rcv fin": "CLOSE-WAIT"},
    "CLOSE-WAIT": {"close": "LAST-ACK"},
    "FIN-WAIT-1": {"fin acked": "FIN-WAIT-2", "rcv fin": "CLOSING"},
    "FIN-WAIT-2": {"rcv fin": "TIME-WAIT"},
    "CLOSING": {"fin acked": "TIME-WAIT"},
    "LAST-ACK": {"fin acked": "CLOSED"},
    "TIME-WAIT": {},
    "CLOSED": {},
}
"""RFC 9293 figure 5, by the names in it; RESET leads to CLOSED from everywhere, the rest changes nothing."""


@pytest.mark.parametrize(("state", "cue"), list(product(State, Cue)))
def test_every_state_with_every_cue(state: State, cue: Cue) -> None:
    wanted = "CLOSED" if cue is Cue.RESET else CHANGES[state.value].get(cue.value, state.value)
    assert after(state, cue).value == wanted


def test_states_are_the_synchronized_ones() -> None:
    assert {state.value for state in State} == set(CHANGES)


def test_text_is_taken_until_the_peer_has_closed() -> None:
    assert {state.value for state in RECEIVES_TEXT} == {"ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2"}
