"""What servers show of themselves: names that fit the host, dates that can be, TLS as old as the product."""

import pytest

from rawspoof.core.conversation.papers import DAY_S, papers
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.signature.identity import Identity
from rawspoof.core.signature.template import Later, Template

NOON = 1735732800.0
FACTS = {"host": b"web01", "fqdn": b"web01.oakfield.lan", "domain": b"oakfield.lan"}


def visit(os="linux/debian", product="nginx", version="1.24.0", protocol="http", facts=None, words=None):
    known = FACTS | (facts or {})
    said = {name: Later(Template.parse(text), known) for name, text in (words or {}).items()}
    return Visit(Identity("x", protocol, product, version, os, None, (), "http", known, said, "implicit"))


def test_debian_signs_for_itself_and_for_ten_years():
    shown = papers(visit(), NOON)
    assert shown.subject == shown.issuer == (("CN", "web01.oakfield.lan"),)
    assert (shown.names, shown.days) == (("web01.oakfield.lan",), 3650)


@pytest.mark.parametrize(
    ("os", "starts", "days"),
    [
        ("linux/centos", ("C", "--"), 365),
        ("windows", ("CN", "web01.oakfield.lan"), 182),
        ("any", ("CN", "web01.oakfield.lan"), 3650),
    ],
)
def test_each_system_has_its_habit(os, starts, days):
    shown = papers(visit(os), NOON)
    assert (shown.subject[0], shown.days) == (starts, days)


def test_a_service_may_say_whose_certificate_it_has():
    shown = papers(visit(words={"subject": "C=US, O=Hewlett Packard Enterprise, OU=ISS, CN={host}"}), NOON)
    assert shown.subject == (("C", "US"), ("O", "Hewlett Packard Enterprise"), ("OU", "ISS"), ("CN", "web01"))
    assert shown.names == ()


def test_some_domains_have_an_authority_that_signs_for_all_their_hosts():
    domains = [f"firm{number}.lan" for number in range(60)]
    signed = 0
    for domain in domains:
        facts = [
            {"host": host.encode(), "domain": domain.encode(), "fqdn": f"{host}.{domain}".encode()}
            for host in ("a", "b")
        ]
        one, other = (papers(visit(facts=known), NOON) for known in facts)
        assert (one.issuer == other.issuer) == (one.issuer != one.subject)
        signed += one.issuer != one.subject
    assert 3 < signed < 30


def test_a_certificate_is_valid_always_and_the_same_until_there_is_another():
    issued = set()
    for day in range(0, 4000, 7):
        at = NOON + day * DAY_S
        shown = papers(visit("linux/centos"), at)
        assert shown.issued_at <= at < shown.issued_at + shown.days * DAY_S
        issued.add(shown.issued_at)
    assert 10 < len(issued) < 15


@pytest.mark.parametrize(
    ("product", "version", "facts", "era"),
    [
        ("nginx", "1.24.0", {}, "modern"),
        ("nginx", "1.10.3", {}, "classic"),
        ("nginx", "0.7.67", {}, "old"),
        ("Apache httpd", "2.4.57", {}, "modern"),
        ("Apache httpd", "2.4.6", {"tag": b" (CentOS) OpenSSL/1.0.2k-fips"}, "classic"),
        ("Apache httpd", "2.2.3", {"mods": b" mod_ssl/2.2.3 OpenSSL/0.9.8c"}, "old"),
        ("Microsoft IIS httpd", "10.0", {}, "classic"),
        ("Microsoft IIS httpd", "6.0", {}, "old"),
        ("MySQL", "5.5.5-10.11.6-MariaDB-0+deb12u1", {}, "modern"),
        ("MySQL", "5.5.62", {}, "classic"),
        ("nginx", "", {}, "modern"),
        ("Dovecot imapd", "", {}, "modern"),
    ],
)
def test_tls_is_as_old_as_the_product(product, version, facts, era):
    assert papers(visit(product=product, version=version, facts=facts), NOON).era == era


def test_only_web_servers_that_know_how_choose_a_protocol():
    assert papers(visit(), NOON).protocols == ("http/1.1",)
    assert papers(visit(version="0.7.67"), NOON).protocols == ()
    assert papers(visit(protocol="imap"), NOON).protocols == ()


@pytest.mark.parametrize("subject", ["", "no name at all", "XX=1"])
def test_a_name_is_never_empty(subject):
    assert papers(visit(words={"subject": subject}), NOON).subject
