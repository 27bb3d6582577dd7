"""What is counted of a source, however it turns from flags to flags and from address to address."""

from rawspoof.core.watch.sample import KINDS_MAX, SAMPLES_MAX
from rawspoof.core.watch.source import TARGETS_MAX, Source


def test_flags_are_counted_in_any_order():
    source = Source(b"\1\2\3\4", 5.0)
    assert source.kinds == {}
    for kind in (2, 2, 4, 2, 16, 16):
        if kind != source.kind:
            source.change(kind)
        source.run += 1
    assert source.kinds == {2: 3, 4: 1, 16: 2}


def test_there_is_room_for_one_packet_of_each_further_kind():
    source = Source(b"\1\2\3\4", 5.0)
    source.room = 0
    source.change(2)
    assert source.room == 1
    source.room, source.samples = 0, (b"",)
    source.run = 1
    source.change(2)
    assert source.room == 0
    source.samples = (b"",) * (SAMPLES_MAX + KINDS_MAX)
    source.change(16)
    assert source.room == 0


def test_ports_are_counted_address_by_address():
    source = Source(b"\1\2\3\4", 5.0)
    assert source.targets == {}
    for target, port in ((b"a", 1), (b"b", 2), (b"a", 3)):
        ports = source.ports if target == source.target else source.turn(target)
        ports.add(port)
    assert {target: list(ports) for target, ports in source.targets.items()} == {b"a": [1, 3], b"b": [2]}


def test_addresses_are_bounded():
    source = Source(b"\1\2\3\4", 5.0)
    for number in range(TARGETS_MAX):
        assert source.turn(number.to_bytes(4)) is not None
    assert source.turn(b"one more") is None
    assert len(source.targets) == TARGETS_MAX


def test_only_a_completed_handshake_proves_an_address():
    source = Source(b"\1\2\3\4", 5.0)
    source.packets = 1000
    assert not source.verified
    source.opened = 1
    assert source.verified
