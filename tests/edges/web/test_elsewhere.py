"""Work in the other thread: its answer, its error, and how much of it may wait."""

import asyncio
import threading

import pytest

from rawspoof.edges.web import elsewhere as module
from rawspoof.edges.web.answer import No
from rawspoof.edges.web.elsewhere import WAITING_MAX, Elsewhere


def done(*work):
    async def run():
        elsewhere = Elsewhere()
        try:
            return await asyncio.gather(*map(elsewhere, work), return_exceptions=True)
        finally:
            elsewhere.close()

    return asyncio.run(run())


def test_it_is_done_in_another_thread():
    assert done(threading.current_thread)[0] is not threading.current_thread()


def test_its_error_is_ours():
    assert [type(one) for one in done(dict, lambda: 1 // 0, dict)] == [dict, ZeroDivisionError, dict]


def test_too_much_at_once_is_refused():
    answers = done(*[lambda: None] * (WAITING_MAX + 3))
    assert answers[:WAITING_MAX] == [None] * WAITING_MAX
    assert [one.status for one in answers[WAITING_MAX:]] == [503] * 3


def test_nobody_waits_for_ever(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_S", 0.0)
    go = threading.Event()

    async def run():
        elsewhere = Elsewhere()
        try:
            with pytest.raises(No, match="no answer within"):
                await elsewhere(lambda: go.wait(5.0))
        finally:
            go.set()
            elsewhere.close()

    asyncio.run(run())
