"""Who asks little and comes back is known again, within bounds."""

from rawspoof.core.watch.quiet import DOORS_MAX, VISITS_MAX, Quiet, seen
from rawspoof.core.watch.source import Source


def source(address=b"\1\2\3\4", *ports, target=b"\x0a\0\0\1"):
    made = Source(address, 0.0)
    for port in ports:
        made.turn(target).add(port)
        made.new_ports += 1
    return made


def visit(quiet, *ports, address=b"\1\2\3\4"):
    made = source(address, *ports)
    quiet.recall(made)
    quiet.keep(made)
    return made


def test_visits_and_ports_add_up():
    quiet = Quiet(10)
    assert [visit(quiet, port).visits for port in (22, 23, 23, 80)] == [0, 1, 2, 3]
    assert len(seen(visit(quiet, 22))) == 3
    assert visit(quiet, address=b"\4\4\4\4").visits == 0


def test_other_addresses_of_ours_are_other_doors():
    one = source(b"\1\2\3\4", 22)
    one.turn(b"\x0a\0\0\2").add(22)
    assert len(seen(one)) == 2


def test_the_loud_are_not_remembered():
    quiet = Quiet(10)
    visit(quiet, *range(DOORS_MAX + 1))
    assert visit(quiet, 22).visits == 0
    # Nor who asked little each time, but much in all.
    for first in range(0, 3 * DOORS_MAX, 3):
        visit(quiet, first, first + 1, first + 2)
    assert visit(quiet, 1).visits < 3


def test_it_is_bounded_and_counted():
    quiet = Quiet(100)
    for number in range(1000):
        visit(quiet, 22, address=number.to_bytes(4))
    assert quiet.lost == 900
    assert visit(quiet, 22, address=(899).to_bytes(4)).visits == 0
    assert visit(quiet, 22, address=(999).to_bytes(4)).visits == 1


def test_the_count_of_visits_has_an_end():
    quiet = Quiet(1)
    for _ in range(VISITS_MAX + 10):
        last = visit(quiet, 22)
    assert last.visits == VISITS_MAX
