"""Blocking that would hit the innocent, and whoever sits at the machine."""

from ipaddress import ip_address

import pytest

from rawspoof.config.model import Block, Config, Sensor
from rawspoof.edges.doctor.blocking import blocking
from rawspoof.edges.doctor.finding import Level

ADMIN = ip_address("203.0.113.9")


def advised(config: Config, *admins) -> list[str]:
    return [finding.id for finding in blocking(config, admins) if finding.level is Level.ADVICE]


def test_nothing_is_said_where_nobody_is_blocked():
    assert list(blocking(Config(block=Block(level_min=1)), [ADMIN])) == []


def test_the_defaults_blame_nobody():
    assert advised(Config(block=Block(enabled=True))) == []


@pytest.mark.parametrize("keys", [{"level_min": 1}, {"risk_min": 150}, {"ports_min": 3}, {"connections_min": 1}])
def test_thresholds_that_the_merely_curious_reach_are_told(keys):
    (finding, *_) = blocking(Config(block=Block(enabled=True, **keys)), [])
    assert finding.id == "firewall.block-hasty"
    assert next(iter(keys)) in finding.what
    assert "dry_run" in finding.cure


def test_thresholds_that_are_off_or_high_are_not():
    assert advised(Config(block=Block(enabled=True, level_min=0, ports_min=0, connections_min=500, risk_min=700))) == []


def test_an_administrator_is_safe_only_while_connected():
    config = Config(block=Block(enabled=True))
    (finding, never) = blocking(config, [ADMIN])
    assert finding.id == "firewall.block-admin"
    assert finding.cure == "block.never = ['203.0.113.9']"
    assert "gateways" in never.what


@pytest.mark.parametrize(
    "config",
    [
        Config(block=Block(enabled=True, never=("203.0.113.0/24",))),
        Config(block=Block(enabled=True), sensor=Sensor(allow=("203.0.113.9/32", "2001:db8::/32"))),
    ],
)
def test_one_who_is_listed_is_safe_for_good(config):
    assert advised(config, ADMIN) == []
