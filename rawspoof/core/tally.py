"""The sensor's counters: plain numbers, read now and then by whoever reports them. Counts, decides nothing."""

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class Tally:
    """What happened since the start. `malformed` includes bad checksums."""

    packets: int = 0
    malformed: int = 0
    not_ours: int = 0
    synacks: int = 0
    synacks_again: int = 0
    synacks_late: int = 0
    opened: int = 0
    odd_probes: int = 0
    challenges: int = 0
    challenges_saved: int = 0
    retransmissions: int = 0
    gave_up: int = 0
    octets_cut: int = 0
    flows_evicted: int = 0
    holds_refused: int = 0
    handshakes_refused: int = 0
    errors: int = 0

    def snapshot(self) -> dict[str, int]:
        """All counters by name."""
        return asdict(self)
