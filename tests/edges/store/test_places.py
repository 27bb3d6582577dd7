"""A hub's place in its stream outlives the hub, and a broken file is begun anew."""

from contextlib import closing

from rawspoof.edges.store.places import POSITIONS, Place, Places
from rawspoof.edges.store.queries import Reader

HERE = Place("2026-01-01T00:00:00Z", 7, 1 << 60)


def test_it_is_kept(tmp_path):
    with closing(Places(tmp_path)) as places:
        assert places.of("RAWSPOOF") is None
        places.move("RAWSPOOF", HERE._replace(number=6))
        places.move("RAWSPOOF", HERE)
    with closing(Places(tmp_path)) as places, closing(Reader(tmp_path)) as reader:
        assert places.of("RAWSPOOF") == HERE
        assert places.of("OTHER") is None
        # It is no sink, and its number none of the store's.
        assert (reader.taken(), reader.position("RAWSPOOF")) == (0, None)
        reader.remember("syslog", 9)
        assert places.of("RAWSPOOF") == HERE


def test_a_broken_file_is_begun_anew(tmp_path):
    (tmp_path / POSITIONS).write_bytes(b"no database" * 100)
    with closing(Places(tmp_path)) as places:
        assert places.of("RAWSPOOF") is None
