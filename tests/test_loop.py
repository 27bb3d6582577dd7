"""The loop between a link and a sensor."""

from collections.abc import Callable, Iterator, Sequence

from rawspoof.core.event import AnyEvent, SynData
from rawspoof.core.outcome import Outcome, Verdict, nothing
from rawspoof.core.tally import Tally
from rawspoof.edges.link.base import Arrival
from rawspoof.loop import serve

EVENT = SynData(1.0, b"srcs", 1, b"dsts", 2, b"x", 1)


class ListLink:
    """Brings what it was given, remembers what leaves."""

    def __init__(self, arrivals: Sequence[Arrival]) -> None:
        self._arrivals = arrivals
        self.left: list[Outcome] = []
        self.deadlines: list[float | None] = []

    def arrivals(self, next_deadline: Callable[[], float | None]) -> Iterator[Arrival]:
        for number, arrival in enumerate(self._arrivals):
            assert len(self.left) == number, "each arrival is answered before the next is asked for"
            self.deadlines.append(next_deadline())
            yield arrival

    def leave(self, outcome: Outcome) -> None:
        self.left.append(outcome)

    def close(self) -> None:
        pass


class EchoMind:
    """Sends every packet back; trips over b"bad" and when time is 13."""

    def __init__(self) -> None:
        self.tally = Tally()

    def on_packet(self, at: float, raw: bytes) -> Outcome:
        if raw == b"bad":
            raise ZeroDivisionError
        return Outcome(Verdict.DROP, [raw], [EVENT] if raw == b"event" else [])

    def on_time(self, at: float) -> Outcome:
        if at == 13:
            raise KeyError
        return Outcome(Verdict.ACCEPT, [b"time"], [])

    def next_deadline(self) -> float | None:
        return 5.0


def test_an_arrival_in_its_outcome_out() -> None:
    link, published = ListLink([Arrival(1, b"a"), Arrival(2, None), Arrival(3, b"event")]), []
    serve(link, EchoMind(), published.append, lambda *_: None)
    assert [outcome.packets for outcome in link.left] == [[b"a"], [b"time"], [b"event"]]
    assert link.deadlines == [5.0] * 3
    assert published == [[EVENT]], "nobody is told of nothing"


def test_a_mistake_is_counted_shown_and_survived() -> None:
    link, mind = ListLink([Arrival(1, b"bad"), Arrival(13, None), Arrival(2, b"good")]), EchoMind()
    complaints: list[tuple[type[Exception], bytes | None]] = []
    published: list[Sequence[AnyEvent]] = []
    serve(link, mind, published.append, lambda error, raw: complaints.append((type(error), raw)))
    assert complaints == [(ZeroDivisionError, b"bad"), (KeyError, None)]
    assert link.left == [nothing(), nothing(), Outcome(Verdict.DROP, [b"good"], [])]
    assert mind.tally.errors == 2
