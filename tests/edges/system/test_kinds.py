"""The kinds of host that come along, and what is said of wrong ones."""

import pytest

from rawspoof.edges.system import kinds
from rawspoof.edges.system.signatures import load_catalogue

FAMILIES = {"linux", "windows", "freebsd"}


def test_the_kinds_that_come_along_are_many_and_name_services_that_exist():
    found = kinds.load_kinds(FAMILIES)
    assert len(found) >= 60
    catalogue, _ = load_catalogue([])
    named = {service for kind in found for rule in kind.ports for service in rule.services}
    assert named - catalogue.services.keys() == set()


def test_every_kind_opens_5_to_40_ports_on_nearly_every_host():
    for kind in kinds.load_kinds(FAMILIES):
        assert sum(rule.share for rule in kind.ports) >= 4.5, kind.id
        ports = [rule.port for rule in kind.ports]
        assert len(set(ports)) == len(ports) <= 40, kind.id


def test_every_port_of_a_kind_is_lived_at():
    catalogue, _ = load_catalogue([])
    for kind in kinds.load_kinds(FAMILIES):
        for rule in kind.ports:
            for service in rule.services or (None,):
                assert catalogue.pick(rule.port, 12345, kind.family, service).service.id


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ('[[host]]\nid = "a"\n', "a.toml: .*family"),
        (
            '[[host]]\nid = "a"\nfamily = "vms"\nports = [{port = 1}, {port = 2}, {port = 3}, {port = 4}, {port = 5}]',
            "no personality speaks for family 'vms'",
        ),
    ],
)
def test_a_file_that_is_not_right_is_named(text, wrong, tmp_path, monkeypatch):
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "a.toml").write_text(text)
    monkeypatch.setenv("RAWSPOOF_SIGNATURES", str(tmp_path))
    with pytest.raises(ValueError, match=wrong):
        kinds.load_kinds(FAMILIES)
