"""Batches and dumps against the kernel: all or nothing, and an error that says which message and why."""

import errno

import pytest
from pyroute2.netlink.nfnetlink import nftsocket as nft

from rawspoof.edges.firewall.messages import chain_request, remove_request, table_request, table_requests
from rawspoof.edges.firewall.netlink import NetlinkSocket, Refused
from rawspoof.edges.firewall.plan import Plan
from rawspoof.edges.firewall.ruleset import Chain
from tests.netns.taps import call

pytestmark = pytest.mark.netns


@pytest.fixture
def link(lab):
    with lab.inside("sensor"):
        link = NetlinkSocket()
    yield link
    link.close()


def test_a_refused_batch_names_its_message_and_leaves_nothing(lab, link):
    # The chain before its table: the table is there only after it has been refused.
    chain = chain_request(Chain.OUTPUT)
    with pytest.raises(Refused) as refused:
        link.commit([chain, table_request()])
    assert refused.value.request is chain
    assert refused.value.errno == errno.ENOENT
    assert call(lab, "sensor", "nft", "list", "ruleset") == ""


def test_the_socket_works_on_after_a_refusal(lab, link):
    for _ in range(3):
        with pytest.raises(Refused):
            link.commit([remove_request()])
    link.commit([table_request()])
    assert call(lab, "sensor", "nft", "list", "tables") == "table inet rawspoof\n"


def test_the_first_of_several_refusals_is_told(link):
    first, second = chain_request(Chain.OUTPUT), chain_request(Chain.PREROUTING)
    with pytest.raises(Refused) as refused:
        link.commit([first, second])
    assert refused.value.request is first


def test_the_kernels_own_words_are_passed_on(link):
    # A table flag that does not exist.
    request = table_request()
    request.message["attrs"] = [("NFTA_TABLE_NAME", "x" * 300)]
    with pytest.raises(Refused) as refused:
        link.commit([request])
    assert refused.value.errno in (errno.ERANGE, errno.ENAMETOOLONG, errno.EINVAL)
    assert ":" in refused.value.reason


def test_a_dump_gives_every_object_decoded(link):
    assert list(link.dump(nft.nft_chain_msg, nft.NFT_MSG_GETCHAIN)) == []
    link.commit(table_requests(Plan(), native=False))
    chains = link.dump(nft.nft_chain_msg, nft.NFT_MSG_GETCHAIN)
    assert [chain.get_attr("NFTA_CHAIN_NAME") for chain in chains] == ["prerouting", "output"]


def test_a_long_dump_comes_in_several_datagrams_and_whole(lab, link):
    script = "table ip t {\nchain c {\n" + "tcp dport 1 accept\n" * 1000 + "}\n}"
    call(lab, "sensor", "nft", "-f", "-", text=script)
    assert len(list(link.dump(nft.nft_rule_msg, nft.NFT_MSG_GETRULE))) == 1000
