"""Each list in its form. That nft, ipset, fail2ban-regex and named-checkzone take them is in tests/netns."""

from ipaddress import ip_address

import pytest

from rawspoof.edges.feeds import lists

from .offenders import BOTH, FOUR, NOW


def test_plain():
    assert lists.plain(BOTH, NOW) == "198.51.100.42\n2001:db8::7\n"


def test_csv():
    assert lists.csv(BOTH, NOW).split("\r\n")[:2] == [
        "address,since,until,times,reason,target,port",
        "198.51.100.42,2025-06-01T14:32:07.841Z,2025-06-01T14:42:07.841Z,1,ports,192.0.2.1,8080",
    ]


def test_nft():
    text = lists.nft(BOTH, NOW)
    assert "add element inet rawspoof_feed blocked4 { 198.51.100.42 timeout 598s }\n" in text
    assert "add element inet rawspoof_feed blocked6 { 2001:db8::7 timeout 1170s }\n" in text
    assert text.index("flush set") < text.index("add element")


def test_ipset():
    text = lists.ipset([*BOTH, FOUR._replace(until=NOW + 1e9), FOUR._replace(until=NOW - 5)], NOW)
    assert "add rawspoof4 198.51.100.42 timeout 598 -exist\n" in text
    assert "add rawspoof4 198.51.100.42 timeout 2147483 -exist\n" in text
    # Nought would be for ever.
    assert "add rawspoof4 198.51.100.42 timeout 1 -exist\n" in text
    assert "add rawspoof6 2001:db8::7 timeout 1170 -exist\n" in text


def test_fail2ban():
    line = lists.fail2ban([FOUR], NOW)
    assert line.startswith("2025-06-01 14:32:07,841 +0000 fail2ban.actions ")
    assert line.endswith(" NOTICE  [rawspoof] Ban 198.51.100.42\n")


def test_the_zone_has_a_serial_that_is_the_time():
    text = lists.rpz(BOTH, NOW)
    assert "( 1748788330 60 60 432000 60 )" in text
    assert "32.42.100.51.198.rpz-ip IN CNAME .\n32.42.100.51.198.rpz-client-ip IN CNAME .\n" in text


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("198.51.100.42", "32.42.100.51.198"),
        ("2001:db8::7", "128.7.zz.db8.2001"),
        ("::1", "128.1.zz"),
        ("fe80::", "128.zz.fe80"),
        ("2001:db8:0:1:2:3:4:5", "128.5.4.3.2.1.0.db8.2001"),
        ("2001:0:0:1:0:0:0:1", "128.1.zz.1.0.0.2001"),
        ("2001:0:0:1:1:0:0:1", "128.1.0.0.1.1.zz.2001"),
        ("::ffff:192.0.2.1", "128.201.c000.ffff.zz"),
    ],
)
def test_addresses_backwards(address, name):
    assert lists.backwards(ip_address(address)) == name


@pytest.mark.parametrize("form", [lists.plain, lists.csv, lists.nft, lists.ipset, lists.fail2ban, lists.rpz])
def test_nobody_is_a_feed_too(form):
    assert "198.51" not in form([], NOW)
