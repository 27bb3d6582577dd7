"""Speech a piece at a time: the pieces make the whole, and lines never end nor pass for an identification."""

from rawspoof.core.conversation.base import Reply, Then
from rawspoof.core.conversation.drip import BANNER_WITHIN_S, LINE_BYTES_MAX, LINE_EVERY_S, Dripped, EndlessLines


class Greets:
    """A service that greets, then answers in capitals."""

    patience_s = None

    def opened(self, at: float) -> Reply:
        return Reply(b"220 ready\r\n", Then.LISTEN, 0.5)

    def heard(self, data: bytes, at: float) -> Reply:
        return Reply(data.upper(), Then.CLOSE, 0.1)

    def idled(self, at: float) -> Reply:
        return Reply(b"", Then.HOLD)


def pieces(talk: Dripped) -> list[Reply]:
    said = [talk.opened(0.0)]
    while said[-1].then is Then.MORE:
        said.append(talk.idled(0.0))
    return said


def test_a_dripped_greeting_is_whole_in_time_and_then_as_the_service_has_it():
    said = pieces(Dripped(Greets()))
    assert b"".join(reply.data for reply in said) == b"220 ready\r\n"
    assert [len(reply.data) for reply in said] == [1] * 11
    assert said[0].after_s == 0.5
    assert sum(reply.after_s for reply in said) <= BANNER_WITHIN_S
    assert said[-1].then is Then.LISTEN


def test_who_asks_meanwhile_gets_the_rest_and_the_answer():
    talk = Dripped(Greets())
    talk.opened(0.0)
    assert talk.heard(b"quit", 0.0) == Reply(b"20 ready\r\nQUIT", Then.CLOSE, 0.1)
    assert talk.idled(0.0) == Reply(b"", Then.HOLD)


def test_lines_go_on_and_are_no_identification():
    talk = EndlessLines(12345)
    said = [talk.opened(0.0), *(talk.idled(0.0) for _ in range(500))]
    assert all(r.then is Then.MORE and r.after_s == LINE_EVERY_S for r in said)
    assert all(r.data.endswith(b"\r\n") and 3 <= len(r.data) <= LINE_BYTES_MAX for r in said)
    assert not any(r.data.startswith(b"SSH-") for r in said)
    assert len({r.data for r in said}) > 400
    assert talk.heard(b"SSH-2.0-x\r\n", 0.0).data == b""


def test_the_same_connection_hears_the_same_lines():
    one, other = EndlessLines(7), EndlessLines(7)
    assert [one.idled(0.0) for _ in range(9)] == [other.idled(0.0) for _ in range(9)]
    assert EndlessLines(8).opened(0.0) != EndlessLines(7).opened(0.0)
