"""Who is blocked, as text files of other programs: a list, CSV, nft, ipset, fail2ban, an RPZ zone. Pure.

Each loads as it is, again and again: what it says takes the place of what the last one said.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from rawspoof.edges.feeds.offender import Offender, moment

NFT_TABLE: Final = "rawspoof_feed"
IPSET: Final = "rawspoof"
JAIL: Final = "rawspoof"

_TYPES: Final = {4: "ipv4_addr", 6: "ipv6_addr"}
_FAMILIES: Final = {4: "inet", 6: "inet6"}
_IPSET_TIMEOUT_MAX: Final = 2147483
"""ipset(8)."""
_ZONE_TTL_S: Final = 60
"""How long a resolver may go on with what it has, after a block has ended."""


def plain(offenders: Sequence[Offender], now: float) -> str:
    """An address a line."""
    return "".join(f"{one.address}\n" for one in offenders)


def csv(offenders: Sequence[Offender], now: float) -> str:
    """RFC 4180, with a header; nothing in it needs quotes."""
    head = "address,since,until,times,reason,target,port\r\n"
    rows = (
        f"{o.address},{moment(o.since)},{moment(o.until)},{o.times},{o.reason},{o.target},{o.port}\r\n"
        for o in offenders
    )
    return head + "".join(rows)


def nft(offenders: Sequence[Offender], now: float) -> str:
    """For `nft -f`: a table with two sets, and no rule: what becomes of those in them is one's own choice."""
    lines = [f"table inet {NFT_TABLE} {{"]
    lines += [f"\tset blocked{v} {{\n\t\ttype {_TYPES[v]}\n\t\tflags timeout\n\t}}" for v in (4, 6)]
    lines += ["}", *(f"flush set inet {NFT_TABLE} blocked{v}" for v in (4, 6))]
    lines += [
        f"add element inet {NFT_TABLE} blocked{o.version} {{ {o.address} timeout {_left(o, now)}s }}" for o in offenders
    ]
    return "\n".join(lines) + "\n"


def ipset(offenders: Sequence[Offender], now: float) -> str:
    """For `ipset restore`: sets rawspoof4 and rawspoof6."""
    lines = [f"create {IPSET}{v} hash:ip family {_FAMILIES[v]} timeout 0 maxelem 1048576 -exist" for v in (4, 6)]
    lines += [f"flush {IPSET}{v}" for v in (4, 6)]
    lines += [
        f"add {IPSET}{o.version} {o.address} timeout {min(_left(o, now), _IPSET_TIMEOUT_MAX)} -exist" for o in offenders
    ]
    return "\n".join(lines) + "\n"


def fail2ban(offenders: Sequence[Offender], now: float) -> str:
    """The lines in which fail2ban logs its bans, which its jail `recidive` reads."""
    return "".join(
        f"{_f2b_time(o.since)} fail2ban.actions        [1]: NOTICE  [{JAIL}] Ban {o.address}\n" for o in offenders
    )


def rpz(offenders: Sequence[Offender], now: float) -> str:
    """A response policy zone: names that lead to a blocked address do not exist, and its own questions get no answer.

    RPZ has no RFC; draft-vixie-dnsop-dns-rpz-00 §4.1.1, §4.3. The serial is the time of writing, so that it rises.
    """
    serial = int(now) & 0xFFFFFFFF
    lines = [
        f"$TTL {_ZONE_TTL_S}",
        f"@ IN SOA localhost. hostmaster.localhost. ( {serial} {_ZONE_TTL_S} {_ZONE_TTL_S} 432000 {_ZONE_TTL_S} )",
        "@ IN NS localhost.",
    ]
    lines += [f"{backwards(o.address)}.{kind} IN CNAME ." for o in offenders for kind in ("rpz-ip", "rpz-client-ip")]
    return "\n".join(lines) + "\n"


def backwards(address: IPv4Address | IPv6Address) -> str:
    """An address as RPZ writes it: `32.42.100.51.198`, `128.7.zz.db8.2001`."""
    if isinstance(address, IPv4Address):
        return ".".join(["32", *reversed(str(address).split("."))])
    words = [f"{int(word, 16):x}" for word in address.exploded.split(":")]
    first, length = _zeros(words)
    if length > 1:
        words[first : first + length] = ["zz"]
    return ".".join(["128", *reversed(words)])


def _zeros(words: Sequence[str]) -> tuple[int, int]:
    """Where the longest run of zeros begins, the first of several, and how long it is (RFC 5952 §4.2)."""
    best, length = 0, 0
    for first in range(8):
        end = next((at for at in range(first, 8) if words[at] != "0"), 8)
        if end - first > length:
            best, length = first, end - first
    return best, length


def _left(offender: Offender, now: float) -> int:
    """Whole seconds that are left of a block, 1 at least: 0 is for ever."""
    return max(1, round(offender.until - now))


def _f2b_time(at: float) -> str:
    whole = datetime.fromtimestamp(at, UTC)
    return whole.strftime("%Y-%m-%d %H:%M:%S,") + f"{whole.microsecond // 1000:03d} +0000"
