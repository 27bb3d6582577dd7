"""Every sink gets every event, whatever becomes of the others."""

from rawspoof.edges.sinks.dispatcher import Dispatcher

from .samples import EXAMPLES, CaptureSink


def test_each_sink_gets_what_waits_once():
    one, two = CaptureSink(), CaptureSink()
    dispatcher = Dispatcher([one, two], 10)
    dispatcher.put(EXAMPLES)
    dispatcher.flush()
    dispatcher.flush()
    assert one.events == two.events == list(EXAMPLES)
    assert dispatcher.handed == len(EXAMPLES)


def test_a_failing_sink_is_told_and_touches_no_other(caplog):
    bad, good = CaptureSink("bad"), CaptureSink("good")
    bad.error = RuntimeError("no")
    dispatcher = Dispatcher([bad, good], 10)
    for _ in range(11):
        dispatcher.put(EXAMPLES[:1])
        dispatcher.flush()
    assert len(good.events) == 11
    assert caplog.messages == [f"bad: batches failed: {count} so far (RuntimeError('no'))" for count in (1, 10)]
    bad.error = None
    dispatcher.put(EXAMPLES)
    dispatcher.flush()
    assert bad.events == list(EXAMPLES)


def test_more_than_fits_is_dropped_and_counted(caplog):
    sink = CaptureSink()
    dispatcher = Dispatcher([sink], 3)
    dispatcher.put(EXAMPLES[:2])
    dispatcher.put(EXAMPLES)
    dispatcher.put(EXAMPLES)
    assert dispatcher.dropped.count == 2 * len(EXAMPLES) - 1
    assert "events dropped" in caplog.text
    dispatcher.flush()
    assert sink.events == [*EXAMPLES[:2], EXAMPLES[0]]


def test_closing_writes_what_waits():
    sink = CaptureSink()
    dispatcher = Dispatcher([sink], 10)
    dispatcher.put(EXAMPLES)
    dispatcher.reopen()
    dispatcher.close()
    assert sink.events == list(EXAMPLES)
    assert sink.done == ["reopen", "close"]
