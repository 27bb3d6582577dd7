"""A host's story: names that are names, and facts for every field that templates may use."""

import ipaddress
import random
import re

from hypothesis import given
from hypothesis import strategies as st

from rawspoof.core.signature.service import HOST_FACTS
from rawspoof.core.world import host


def story(number):
    rng = random.Random(number)
    return host.facts(rng.randbytes(32), bytes((192, 0, 2, 7)), 8080, rng.randbytes(4))


def test_every_field_that_templates_may_use_is_there():
    assert story(1).keys() == HOST_FACTS


def test_names_are_names_and_lead_nowhere():
    for number in range(300):
        facts = story(number)
        assert re.fullmatch(rb"[a-z]+(\d\d)?", facts["host"])
        assert re.fullmatch(rb"[a-z]+\.(lan|local|internal|intranet|corp|private|home\.arpa)", facts["domain"])
        assert facts["fqdn"] == facts["host"] + b"." + facts["domain"]


def test_hosts_differ():
    assert len({story(number)["fqdn"] for number in range(300)}) > 290


def test_port_and_address_as_servers_print_them():
    assert (story(1)["port"], story(1)["addr"]) == (b"8080", b"192.0.2.7")


@given(st.ip_addresses())
def test_an_address_reads_back(address):
    assert ipaddress.ip_address(host.address(address.packed)) == address
