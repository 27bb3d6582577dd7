"""Files of a source become one capture, in order of time."""

from io import BytesIO

from rawspoof.edges.evidence.folder import name
from rawspoof.edges.evidence.merge import merge
from rawspoof.edges.link.capture import frames
from rawspoof.edges.link.recorder import FILE_HEADER, record

AT = 1748788327.841203


def test_packets_are_in_order_and_broken_files_are_told_of(tmp_path):
    names = [name(bytes(4), f"{n:016x}", AT + n) for n in range(4)]
    (tmp_path / str(names[0])).write_bytes(FILE_HEADER + record(AT, b"a") + record(AT + 3, b"d"))
    (tmp_path / str(names[1])).write_bytes(FILE_HEADER + record(AT + 1, b"b") + record(AT + 4, b"torn")[:-1])
    (tmp_path / str(names[2])).write_bytes(FILE_HEADER + record(AT + 2, b"c"))
    out, said = BytesIO(), []
    assert merge(tmp_path, names, out, said.append) == 4
    assert [(round(f.at, 6), f.link_type, f.data) for f in frames(BytesIO(out.getvalue()))] == [
        (AT + n, 101, data) for n, data in enumerate((b"a", b"b", b"c", b"d"))
    ]
    assert [line.partition(": ")[0] for line in said] == [str(names[1]), str(names[3])]
