"""Every speaker against bent requests, for long: nothing may break, no answer may depend on how a request was cut.

`python -m tests.conversation.soak [--minutes N] [--seed N]`; `scripts/soak --talks` does that.
"""

import argparse
import random
import sys
import traceback
from collections import Counter
from itertools import pairwise
from time import perf_counter
from typing import Final

from rawspoof.core.conversation.base import Then
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.which import SPEAKERS, conversation
from rawspoof.core.signature.foreign import probes
from rawspoof.core.signature.identity import Identity
from rawspoof.core.world import host
from rawspoof.edges.system.audit import nmap_file
from rawspoof.edges.system.signatures import load_catalogue
from tests.conversation.talks import NOON, PEER, SAID_MAX
from tests.conversation.test_dialogue import ASKED

MORE_MAX: Final = 200
"""Replies that may come by themselves after one chunk."""
PROBLEMS_MAX: Final = 20


def identities() -> list[Identity]:
    """One of each set of every service that somebody speaks for, or that has answers."""
    services = load_catalogue(())[0].services.values()
    facts = host.facts(bytes(range(32)), b"\xc0\0\2\1", 40001, b"seed")
    made = [service.identity(lot, 0, facts) for service in services for lot in service.varieties]
    return [who for who in made if who.answers or who.protocol in SPEAKERS]


def corpus() -> list[bytes]:
    """Requests to begin with: ours, and nmap's probes where nmap is installed."""
    path = nmap_file()
    theirs = probes.parse(str(path), path.read_text("latin-1"))[0] if path else []
    return [*ASKED, *(probe.payload for probe in theirs if probe.payload)]


def bent(chance: random.Random, requests: list[bytes]) -> bytes:
    """A few requests, joined, with bytes changed, left out, doubled."""
    data = bytearray(b"".join(chance.choices(requests, k=chance.randint(1, 4))))
    for _ in range(chance.choice((0, 0, 1, 3, 10))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[at : at + 1] = bytes((chance.randrange(256),))
            case 1:
                del data[at : at + chance.randint(1, 20)]
            case 2:
                data[at:at] = data[at : at + chance.randint(1, 200)] * chance.randint(1, 20)
            case _:
                data[at:at] = chance.randbytes(chance.randint(1, 8))
    return bytes(data[:20_000])


def heard(who: Identity, chunks: list[bytes]) -> tuple[bytes, Then]:
    """All that is said to these chunks, and what follows."""
    spoken = conversation(Visit(who, PEER, 7))
    said, then = b"", Then.LISTEN
    for chunk in [b"", *chunks]:
        reply = spoken.heard(chunk, NOON) if chunk else spoken.opened(NOON)
        for _ in range(MORE_MAX):
            said, then = said + reply.data, reply.then
            if then is not Then.MORE:
                break
            reply = spoken.idled(NOON)
        else:
            raise AssertionError("it never stops talking")
    return said, then


def problem(who: Identity, data: bytes, cuts: list[int]) -> str:
    """What is wrong with what is said to this, "" if nothing."""
    edges = [0, *cuts, len(data)]
    chunks = [data[a:b] for a, b in pairwise(edges) if a < b]
    try:
        at_once, in_pieces = heard(who, [data] if data else []), heard(who, chunks)
    except Exception:
        return traceback.format_exc()
    if at_once != in_pieces:
        return f"cut at {cuts} it says {in_pieces}, else {at_once}"
    return "it says too much" if len(at_once[0]) > SAID_MAX * (1000 + len(data)) else ""


def soak(seconds: float, seed: int) -> tuple[int, list[str]]:
    """How many talks there were, and what was wrong with some of them."""
    chance, talks, requests = random.Random(seed), 0, corpus()
    crowd, wrong, end = identities(), list[str](), perf_counter() + seconds
    seen = Counter[str]()
    while perf_counter() < end and len(wrong) < PROBLEMS_MAX:
        who, data = chance.choice(crowd), bent(chance, requests)
        cuts = sorted(chance.randint(0, len(data)) for _ in range(chance.randint(0, 5)))
        talks += 1
        if (fault := problem(who, data, cuts)) and not seen[who.service]:
            seen[who.service] += 1
            wrong.append(f"{who.service} ({who.protocol}): {fault}\n  {data!r}")
    return talks, wrong


def main() -> int:
    """0 if nothing was wrong, 1 otherwise."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (10)")
    parser.add_argument("--seed", type=int, default=1, help="another one bends otherwise (1)")
    args = parser.parse_args()
    talks, wrong = soak(args.minutes * 60, args.seed)
    sys.stdout.write("".join(f"{fault}\n\n" for fault in wrong) + f"{talks} talks, {len(wrong)} wrong\n")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
