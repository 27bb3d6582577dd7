"""An empty outcome, and what the numbers of verdicts mean to the kernel."""

from rawspoof.core.outcome import Outcome, Verdict, nothing


def test_nothing_is_to_be_filled_by_whoever_asked_for_it() -> None:
    one, other = nothing(), nothing(Verdict.ACCEPT)
    one.packets.append(b"x")
    assert other == Outcome(Verdict.ACCEPT, [], [])
    assert one.verdict is Verdict.DROP


def test_verdicts_are_netfilters() -> None:
    assert (int(Verdict.DROP), int(Verdict.ACCEPT)) == (0, 1)
