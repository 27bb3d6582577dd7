"""Every sink gets every event, whatever becomes of the others."""

import threading

from rawspoof.edges.sinks.dispatcher import Dispatcher, lanes

from .samples import EXAMPLES, CaptureSink


def test_each_sink_gets_every_event_once_and_is_closed():
    one, two = CaptureSink("one"), CaptureSink("two")
    dispatcher = Dispatcher(lanes([one, two], 100))
    dispatcher.put(EXAMPLES)
    dispatcher.put([])
    dispatcher.put(EXAMPLES[:1])
    dispatcher.reopen()
    assert dispatcher.close(10.0)
    assert one.events == two.events == [*EXAMPLES, EXAMPLES[0]]
    assert dispatcher.handed == len(EXAMPLES) + 1
    assert one.done[-1] == "close"


def test_events_are_numbered_after_those_of_the_time_before():
    sink = CaptureSink()
    dispatcher = Dispatcher(lanes([sink], 100), last=41)
    dispatcher.put(EXAMPLES[:2])
    dispatcher.put(EXAMPLES[:1])
    assert dispatcher.close(10.0)
    assert sink.firsts in ([42], [42, 44])


class Stuck(CaptureSink):
    """Holds whoever writes until it is let go."""

    def __init__(self):
        super().__init__("stuck")
        self.reached, self.go = threading.Event(), threading.Event()

    def write(self, batch, first=0):
        self.reached.set()
        self.go.wait(20.0)


def test_a_sink_that_is_stuck_holds_up_nobody():
    stuck, good = Stuck(), CaptureSink("good")
    dispatcher = Dispatcher(lanes([stuck, good], 100))
    dispatcher.put(EXAMPLES)
    assert stuck.reached.wait(10.0)
    for _ in range(50):
        dispatcher.put(EXAMPLES)
    assert not dispatcher.close(0.2)
    assert good.done == ["close"]
    assert good.events[: len(EXAMPLES)] == list(EXAMPLES)
    stuck.go.set()
