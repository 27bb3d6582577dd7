"""An order goes out, its answer comes back; one that came too late is to no question any more."""

import socket
from threading import Thread

import msgspec
import pytest

from rawspoof.edges.block.desk import Answer, Order
from rawspoof.edges.web.orders import SocketOrders

ADDRESS = bytes([203, 0, 113, 5])


def supervised(*answers):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    heard = []

    def serve():
        with theirs:
            for answer in answers:
                heard.append(msgspec.msgpack.decode(theirs.recv(4096), type=Order))
                theirs.send(msgspec.msgpack.encode(Answer(answer)))

    thread = Thread(target=serve, daemon=True)
    thread.start()
    return SocketOrders(ours), heard, thread, ours, theirs


def test_orders_and_answers():
    orders, heard, thread, ours, theirs = supervised("", "it is not blocked")
    theirs.send(msgspec.msgpack.encode(Answer("from long ago")))
    assert orders.block(ADDRESS, 60.0) == ""
    assert orders.unblock(ADDRESS) == "it is not blocked"
    thread.join(10)
    assert heard == [Order("add", ADDRESS, 60.0), Order("remove", ADDRESS)]
    with pytest.raises(OSError, match=r"ended|Broken pipe|reset"):
        orders.block(ADDRESS, 0.0)
    ours.close()
