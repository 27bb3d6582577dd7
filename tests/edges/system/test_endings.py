"""Signals unwind the stack, wait where they have to, and mean what they meant before afterwards."""

import signal

import pytest

from rawspoof.edges.system.endings import ending_on_sigterm, undisturbed


@pytest.fixture(autouse=True)
def unblocked():
    """A supervisor's test, run before in the same process, may have left them blocked."""
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    yield
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def test_sigterm_unwinds_the_stack():
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit, match="143"), ending_on_sigterm():
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before


@pytest.mark.parametrize(("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)])
def test_a_signal_waits_until_a_step_is_over(number, raised):
    done = []

    def step() -> None:
        with undisturbed():
            signal.raise_signal(number)
            done.append(True)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(raised), ending_on_sigterm():
            step()
    finally:
        signal.signal(signal.SIGINT, before)
    assert done
    assert number not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
