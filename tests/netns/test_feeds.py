"""The feeds, loaded by those they are for: Debian's named-checkzone, nft, ipset, fail2ban-regex."""

import re
from pathlib import Path

import msgspec
import pytest

from rawspoof.edges.feeds.feeds import Feeds
from rawspoof.edges.feeds.lists import backwards
from tests.edges.feeds.offenders import FOUR, NOW, SIX
from tests.edges.sinks.samples import BLOCKED
from tests.netns.taps import call

pytestmark = pytest.mark.netns


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sink = Feeds(tmp_path, "sensor-1", [], lambda: NOW)
    events = []
    for one in (FOUR, SIX):
        src, dst = one.address.packed, one.target.packed
        said = {"src": src, "dst": dst, "at": one.since, "seconds": one.until - one.since, "reason": one.reason}
        events.append(msgspec.structs.replace(BLOCKED, **said))
    sink.write(events)
    return tmp_path


def test_named_takes_the_zone(lab, folder):
    said = call(lab, "sensor", "named-checkzone", "-D", "rpz.example", str(folder / "blocked.rpz"))
    for one in (FOUR, SIX):
        for kind in ("rpz-ip", "rpz-client-ip"):
            assert re.search(rf"^{re.escape(backwards(one.address))}\.{kind}\.rpz\.example\..*CNAME\s+\.$", said, re.M)
    # One that takes the zone for a policy looks at the names too.
    config = folder / "named.conf"
    zone = f'zone "rpz.example" {{ type primary; file "{folder}/blocked.rpz"; }};'
    config.write_text(f'options {{ directory "{folder}"; response-policy {{ zone "rpz.example"; }}; }};\n{zone}\n')
    assert "loaded serial 1748788331" in call(lab, "sensor", "named-checkconf", "-z", str(config))


def test_nft_fills_its_sets_again_and_again(lab, folder):
    file = str(folder / "blocked.nft")
    call(lab, "sensor", "nft", "-c", "-f", file)
    for _ in range(2):
        call(lab, "sensor", "nft", "-f", file)
    listed = call(lab, "sensor", "nft", "list", "table", "inet", "rawspoof_feed")
    assert re.search(r"elements = \{ 198\.51\.100\.42 timeout 9m5\ds expires", listed)
    assert "2001:db8::7 timeout 19m" in listed


def test_ipset_fills_its_sets_again_and_again(lab, folder):
    for _ in range(2):
        call(lab, "sensor", "ipset", "restore", "-f", str(folder / "blocked.ipset"))
    assert re.search(r"^198\.51\.100\.42 timeout 59\d$", call(lab, "sensor", "ipset", "list", "rawspoof4"), re.M)
    assert "2001:db8::7 timeout 11" in call(lab, "sensor", "ipset", "list", "rawspoof6")


def test_fail2ban_finds_a_ban_in_each_line(lab, folder):
    argv = ("fail2ban-regex", "--print-all-matched", str(folder / "blocked.fail2ban"), "recidive")
    said = call(lab, "sensor", *argv)
    assert "Lines: 2 lines, 0 ignored, 2 matched, 0 missed" in said
    assert "Ban 2001:db8::7" in said
