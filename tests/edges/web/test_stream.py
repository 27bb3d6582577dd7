"""What browsers are sent: bounded for each, made once for all, and nothing attackers said that is not escaped."""

import asyncio
import json

from rawspoof.edges.web.pulse import Pulse
from rawspoof.edges.web.stream import FEED_MAX, PAUSE_S, STREAMS_MAX, WAITING_MAX, Stream, Watcher, sse
from tests.edges.sinks import samples
from tests.edges.web.desk import context


def test_what_waits_for_one_is_bounded_and_the_oldest_goes():
    async def run():
        watcher = Watcher()
        put = [watcher.put(b"%d " % number) for number in range(WAITING_MAX + 3)]
        return put.count(False), await watcher.take()

    assert asyncio.run(run()) == (3, b"".join(b"%d " % number for number in range(3, WAITING_MAX + 3)))


def test_updates_are_no_more_than_the_limit_says():
    assert PAUSE_S >= 1 / 20


def test_an_event_is_two_lines():
    assert sse("feed", {"text": "a\nb"}) == b'event: feed\ndata: {"text":"a\\nb"}\n\n'


class Browser:
    """One that reads a number of messages, then goes."""

    def __init__(self, messages):
        self.left, self.said = messages, []
        self.gone = asyncio.Event()

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        self.said.append(message)
        if len(self.said) >= self.left:
            self.gone.set()


def test_a_browser_hears_of_what_happens_until_it_goes():
    async def run():
        given = context()
        stream = Stream(given, Pulse(given))
        making = asyncio.create_task(stream.run())
        browser = Browser(3)
        await asyncio.wait_for(stream({"type": "http"}, browser.receive, browser.send), 5)
        making.cancel()
        assert given.web["watching"] == 0
        return b"".join(message.get("body", b"") for message in browser.said).decode()

    told = asyncio.run(run())
    (line,) = [line for line in told.split("\n") if line.startswith("data: ") and '"items"' in line]
    feed = json.loads(line.removeprefix("data: "))
    assert [item["kind"] for item in feed["items"]][:1] == ["session.open"]
    assert len(feed["items"]) <= FEED_MAX
    assert "\x1b" not in told


def test_one_browser_too_many_is_told_so():
    async def run():
        given = context(events=(samples.OPENED,))
        stream = Stream(given, Pulse(given))
        browsers = [Browser(10**6) for _ in range(STREAMS_MAX + 1)]
        asked = [asyncio.create_task(stream({"type": "http"}, b.receive, b.send)) for b in browsers]
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        (status,) = [b.said[0]["status"] for b in browsers if b.said[0]["status"] != 200]
        assert given.web["refused"] == 1
        for task in asked:
            task.cancel()
        return status

    assert asyncio.run(run()) == 503
