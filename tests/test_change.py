"""A change goes to all workers or to none: prepared, then done or forgotten, and told by each."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from threading import Thread

import pytest
from msgspec.structs import replace

from rawspoof import assembly, change
from rawspoof.change import COMMIT, DONE, FIRST, FORGET, Change, Changing
from rawspoof.config.model import Config, World
from tests.peers import SECRET, personalities, templates

OLD = Config(world=World(delivery="prompt"))


@cache
def parts() -> assembly.Parts:
    return assembly.parts(OLD, SECRET, {"linux": personalities.load("linux")})


def asked(changes: list[Change | bytes]) -> tuple[list[str], list[Config]]:
    """What a worker answers to each, and what it goes on with."""
    made, answers, took = parts(), list[str](), list[Config]()
    mind = assembly.sensor(made, {"linux": templates("linux")})
    with pair() as (ours, theirs):
        changing = Changing(theirs, mind, made, lambda: 1.7e9, took.append)

        def ask() -> None:
            for one in changes:
                answers.append(change.prepare([ours], one) if isinstance(one, Change) else change.finish([ours], one))

        asking = Thread(target=ask)
        asking.start()
        while asking.is_alive():
            assert changing.hear()
            asking.join(0.01)
        ours.shutdown(socket.SHUT_RDWR)
        assert not changing.hear()
    return answers, took


@contextmanager
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        yield ours, theirs


def new(**settings: object) -> Change:
    made = parts()
    config = replace(OLD, world=replace(OLD.world, **settings))
    return Change(config, made.faces, None, None, made.rules, {"linux": templates("linux")})


def test_what_is_prepared_counts_once_it_is_committed():
    change_ = new(hold_max_s=50.0)
    assert asked([change_, COMMIT]) == (["", ""], [change_.config])


def test_what_is_forgotten_or_was_never_prepared_does_not():
    assert asked([new(hold_max_s=50.0), FORGET, COMMIT]) == (["", "", ""], [])


def test_one_that_cannot_says_so_and_goes_on():
    answers, took = asked([new()._replace(faces={"windows": personalities.load("windows")}), COMMIT])
    assert answers[0].startswith("a worker cannot take it over: KeyError('windows')")
    assert took == []


def test_one_that_has_ended_is_no_hindrance():
    with pair() as (ours, theirs):
        theirs.close()
        assert change.finish([ours], COMMIT) == ""


def test_one_that_ends_is_named_with_what_it_said():
    with pair() as (ours, theirs):
        # It hears, and closes without a word.
        ending = Thread(target=lambda: theirs.recv(100) and theirs.shutdown(socket.SHUT_RDWR))
        ending.start()
        assert change.finish([ours], COMMIT) == "it ended (see above)"
        ending.join(5.0)


def test_what_was_said_too_late_is_no_answer_to_the_next(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(change, "WITHIN_S", 0.05)
    with pair() as (ours, theirs):
        theirs.send(FIRST + DONE)
        assert change.finish([ours], COMMIT) == "it does not answer"
        theirs.send(FIRST + DONE)
        assert change.answer(ours) == ""


def test_the_time_for_an_answer_is_over_for_all_at_once():
    with pair() as (ours, theirs):
        theirs.send(FIRST + DONE)
        assert change.answer(ours, until=0.0) == ""
        assert change.answer(ours, until=0.0) == "it does not answer"


def test_one_that_reads_nothing_is_no_hindrance(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(change, "SENT_S", 0.001)
    with pair() as (ours, _):
        ours.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                ours.send(bytes(4096))
        assert change.finish([ours], COMMIT) == ""


def test_one_that_hangs_is_named_with_the_cure(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(change, "WITHIN_S", 0.01)
    with pair() as (ours, _):
        expected = "a worker: it does not answer; reload again once it was replaced"
        assert change.prepare([ours], new()) == expected


def test_nobody_waits_for_one_to_forget():
    with pair() as (ours, theirs):
        assert change.finish([ours], FORGET) == ""
        assert theirs.recv(100).endswith(FORGET)


def test_one_that_does_not_answer_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(change, "WITHIN_S", 0.05)
    with pair() as (ours, _):
        assert change.finish([ours], COMMIT) == "it does not answer"
