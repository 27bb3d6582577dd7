"""The bounded map: who goes when there is no room."""

from rawspoof.core.tcp.flows import Flows
from rawspoof.core.tcp.tcb import Tcb
from tests.tcp.tcbs import established


def numbered(i: int) -> Tcb:
    return established(key=bytes(11) + bytes([i]))


def test_at_the_limit_the_one_idle_longest_goes() -> None:
    flows = Flows(3)
    tcbs = [numbered(i) for i in range(5)]
    assert [flows.add(tcb) for tcb in tcbs[:3]] == [None, None, None]
    assert flows.find(tcbs[0].key) is tcbs[0]
    flows.peek(tcbs[1].key)
    assert flows.add(tcbs[3]) is tcbs[1]
    assert flows.add(tcbs[4]) is tcbs[2]
    assert (len(flows), flows.evicted) == (3, 2)
    assert flows.find(tcbs[1].key) is None


def test_a_connection_kept_again_takes_no_second_place() -> None:
    flows, tcb = Flows(1), numbered(1)
    assert flows.add(tcb) is None
    assert flows.add(tcb) is None
    flows.remove(tcb.key)
    flows.remove(tcb.key)
    assert (len(flows), flows.peek(tcb.key)) == (0, None)
