"""The kernel's table of queues, and packets counted over the lives of workers."""

from rawspoof.edges.web.context import Queue
from rawspoof.edges.web.queues import Packets, parse, read

TABLE = (
    "    0   1234     7 2 65531     3     4     5000  1\n    1   1235     0 2 65531     0     0       10  1\nnonsense\n"
)


def test_the_table_is_read(tmp_path):
    assert parse(TABLE) == {0: Queue(7, 7, 5000), 1: Queue(0, 0, 10)}
    path = tmp_path / "queues"
    path.write_text(TABLE)
    with path.open("rb") as file:
        assert set(read(file.fileno(), 1, 4)) == {1}
        assert set(read(file.fileno(), 1, 4)) == {1}
    assert read(-1, 0, 1) == {}


def test_packets_over_two_lives():
    packets = Packets()
    assert packets.see({0: Queue(0, 0, 100)}) == 0
    assert packets.see({0: Queue(0, 0, 150)}) == 50
    assert packets.see({0: Queue(0, 0, 20)}) == 20
    assert packets.see({}) == 0
    assert packets.total == 170
