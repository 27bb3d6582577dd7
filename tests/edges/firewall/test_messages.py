"""The requests that make up a batch. What the kernel does with them is in tests/netns."""

import pytest
from pyroute2.netlink import NLM_F_EXCL
from pyroute2.netlink.nfnetlink import nftsocket as nft

from rawspoof.edges.firewall.messages import OWNER, block_requests, table_requests, unblock_request
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.firewall.ruleset import ruleset


def test_the_table_comes_first_then_what_the_rules_refer_to():
    kinds = [request.kind for request in table_requests(Plan(), native=True)]
    makes = (nft.NFT_MSG_NEWTABLE, *[nft.NFT_MSG_NEWSET] * 6, *[nft.NFT_MSG_NEWCHAIN] * 2)
    assert kinds == [*makes, *[nft.NFT_MSG_NEWRULE] * len(ruleset(Plan()))]


def test_the_table_is_ours_alone_and_never_an_existing_one():
    table = table_requests(Plan(), native=True)[0]
    assert table.message.get_attr("NFTA_TABLE_FLAGS") == OWNER
    assert table.flags & NLM_F_EXCL


def test_each_set_has_a_number_of_its_own():
    sets = [request.message for request in table_requests(Plan(), native=True) if request.kind == nft.NFT_MSG_NEWSET]
    numbers = {made.get_attr("NFTA_SET_ID"): made.get_attr("NFTA_SET_NAME") for made in sets}
    assert sorted(numbers.values()) == ["blocked4", "blocked6", "held4", "held6", "shut4", "shut6"]


def test_a_rule_tells_which_kernel_options_it_takes():
    needs = {request.what: request.needs for request in table_requests(Plan(), native=True)}
    assert needs['the rule "the kernel has a socket for it"'] == "CONFIG_NFT_SOCKET and CONFIG_NFT_FIB_INET"
    assert needs['the rule "to rawspoof"'] == "CONFIG_NFT_QUEUE"
    assert needs['the rule "blocked"'] == ""
    compat = {request.what: request.needs for request in table_requests(Plan(), native=False)}
    assert "CONFIG_NETFILTER_XT_TARGET_NFQUEUE" in compat['the rule "to rawspoof"']


@pytest.mark.parametrize(
    ("address", "how", "name"),
    [(bytes(4), "all", "blocked4"), (bytes(16), "services", "shut6"), (bytes(4), "tarpit", "held4")],
)
def test_a_block_is_added_removed_and_added_anew(address, how, name):
    requests = block_requests(address, 1.5, how)
    assert [request.kind for request in requests] == [12, 14, 12]
    assert {request.message.get_attr("NFTA_SET_ELEM_LIST_SET") for request in requests} == {name}
    (element,) = requests[0].message.get_attr("NFTA_SET_ELEM_LIST_ELEMENTS")
    assert dict(element["attrs"])["NFTA_SET_ELEM_TIMEOUT"] == 1500


def test_the_shortest_block_is_a_millisecond_for_the_kernel_takes_nought_for_ever():
    (element,) = block_requests(bytes(4), 0.0, "all")[0].message.get_attr("NFTA_SET_ELEM_LIST_ELEMENTS")
    assert dict(element["attrs"])["NFTA_SET_ELEM_TIMEOUT"] == 1


def test_an_unblock_names_the_address_and_no_time():
    (element,) = unblock_request(b"\1\2\3\4", "all").message.get_attr("NFTA_SET_ELEM_LIST_ELEMENTS")
    assert element["attrs"] == [("NFTA_SET_ELEM_KEY", {"attrs": [("NFTA_DATA_VALUE", b"\1\2\3\4")]})]
