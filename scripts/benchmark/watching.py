#!/usr/bin/env python3
"""What watching sources costs, in this process alone: prints JSON. Needs rawspoof, no root, no network."""

import gc
import json
import os
import sys
import time
from pathlib import Path
from struct import pack

from rawspoof.core.watch.watch import Watch
from rawspoof.core.wire.segment import RST, SYN, Segment

SOURCES = 100_000
PORTS = 65_535
ROUNDS = 3
OURS = bytes((192, 0, 2, 1))
LINUX = bytes.fromhex("020405b40402080a000000000000000001030307")


def main() -> None:
    """Half-open scans of all ports by one source, SYNs of many sources, and the memory these take."""
    # As rawspoof/telling.py does.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    share = 20 if "--quick" in sys.argv else 1
    scan = [packet(b"\xc6\x33\x64\x02", port, flags) for port in range(1, PORTS // share) for flags in (SYN, RST)]
    crowd = [packet(number.to_bytes(4), 22, SYN) for number in range(0x0A000000, 0x0A000000 + SOURCES // share)]
    known = min(cost_us(scan)[0] for _ in range(ROUNDS))
    new, grown = min((cost_us(crowd) for _ in range(ROUNDS)), key=lambda pair: pair[0])
    print(json.dumps({"known_us": known, "new_us": new, "bytes": grown, "sources": len(crowd)}))


def packet(source: bytes, port: int, flags: int) -> Segment:
    """What a scanner on Linux sends."""
    key = source + OURS + pack("!HH", 40000, port)
    return Segment(key, 40000, port, 1, 0, flags, 64240, 0, LINUX, b"", 64, 1, True, 60)


def cost_us(packets: list[Segment]) -> tuple[float, int]:
    """Microseconds for each packet, and the memory that the process grew by."""
    gc.collect()
    before = resident_bytes()
    watch = Watch(lambda *_: None)  # type: ignore[arg-type,return-value]
    begun = time.process_time()
    for seg in packets:
        watch.saw(seg, 1e9)
    return 1e6 * (time.process_time() - begun) / len(packets), resident_bytes() - before


def resident_bytes() -> int:
    """Of this process (proc(5))."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
