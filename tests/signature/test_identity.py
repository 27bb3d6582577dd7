"""How an identity looks from outside: TLS from the first byte is part of nmap's name for it."""

import pytest

from rawspoof.core.signature.identity import Identity


@pytest.mark.parametrize(("tls", "name"), [("", "http"), ("starttls", "http"), ("implicit", "ssl/http")])
def test_nmap_names_what_is_inside_tls(tls, name):
    assert Identity("nginx", "http", "nginx", "1.18.0", "any", None, (), "http", tls=tls).seen_as == name
