"""Countries of a database, whatever form it has and however broken it is; without one, none."""

import pytest

from rawspoof.edges.sinks.base import SinkError
from rawspoof.edges.web.geoip import countries, country, nobody

HERE = bytes([192, 0, 2, 1])


class Database:
    def __init__(self, found):
        self.found = found

    def get(self, address):
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ({"country": {"iso_code": "DE", "names": {"en": "Germany"}}}, "DE"),
        ({"country": "de"}, "DE"),
        ({"registered_country": {"iso_code": "FR"}}, "FR"),
        ({"country": {"iso_code": "<b>"}}, ""),
        ({"country": {"iso_code": 7}}, ""),
        ({"city": {}}, ""),
        (None, ""),
        ("DE", ""),
        (RuntimeError("broken"), ""),
    ],
)
def test_a_country(found, told):
    assert country(Database(found), HERE) == told


def test_what_is_no_address_or_no_file(tmp_path):
    assert country(Database({"country": "DE"}), b"123") == ""
    assert nobody(HERE) == ""
    (tmp_path / "x.mmdb").write_bytes(b"no database")
    for name in ("x.mmdb", "none.mmdb"):
        with pytest.raises(SinkError, match=r"admin\.geoip_file: "):
            countries(str(tmp_path / name))
