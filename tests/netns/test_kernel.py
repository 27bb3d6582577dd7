"""Features tried where they can do no harm."""

import subprocess

import pytest

from rawspoof.edges.firewall.guard import Guard
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.system import kernel
from rawspoof.edges.system.kernel import QUEUE_COMPAT, QUEUE_NATIVE, features
from tests.netns.taps import call, tapped

pytestmark = pytest.mark.netns


def test_what_is_said_to_be_there_is_what_the_table_finds(lab):
    tried = {one.feature: one for one in features()}
    with lab.inside("sensor"), Guard(Plan()) as guard:
        assert guard.native == (not tried.pop(QUEUE_NATIVE).refusal)
        compat = tried.pop(QUEUE_COMPAT)
        assert guard.native or not compat.refusal
    assert {one.refusal for one in tried.values()} == {""}


def test_a_feature_that_is_refused_says_why_and_which_option_brings_it(monkeypatch):
    lacking = kernel._rules()[QUEUE_COMPAT]
    # As a kernel without nft_compat would see it: an expression of a name it does not know.
    lacking.message["attrs"][2] = ("NFTA_RULE_EXPRESSIONS", [{"attrs": [("NFTA_EXPR_NAME", "nosuch")]}])
    monkeypatch.setattr(kernel, "_rules", lambda: {QUEUE_COMPAT: lacking})
    tried = {one.feature: one for one in features()}
    assert tried[QUEUE_COMPAT].refusal == "No such file or directory"
    assert "CONFIG_NETFILTER_XT_TARGET_NFQUEUE" in tried[QUEUE_COMPAT].option


def test_nothing_is_installed_here_even_where_a_table_and_a_reader_are(lab):
    with lab.inside("sensor"), Guard(Plan()), tapped(lab):
        before = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True).stdout
        assert all(one.refusal == "" for one in features() if one.feature != QUEUE_NATIVE)
        assert call(lab, "sensor", "nft", "list", "ruleset") == before
