"""Requests as LDAP clients write them, and what is read from answers. Used by kernel tests too."""

from rawspoof.core.conversation.ldap.ber import write

OBJECT_CLASS = write(0x87, b"objectClass")


def message(number, operation, *controls):
    return write(0x30, write(2, bytes((number,))), operation, *controls)


def bind(name=b"", password=b"", version=3, number=1):
    return message(number, write(0x60, write(2, bytes((version,))), write(4, name), write(0x80, password)))


def sasl(mechanism, *response):
    steps = write(0xA3, write(4, mechanism), *[write(4, r) for r in response])
    return message(1, write(0x60, write(2, b"\3"), write(4), steps))


def search(base=b"", scope=0, *attributes, types_only=0, number=2):
    numbers = write(10, bytes((scope,))) + write(10, b"\0") + write(2, b"\0") + write(2, b"\0")
    wanted = write(0x30, *[write(4, name) for name in attributes])
    return message(number, write(0x63, write(4, base), numbers, write(1, bytes((types_only,))), OBJECT_CLASS, wanted))


def extended(name, *value):
    return message(3, write(0x77, write(0x80, name), *[write(0x81, v) for v in value]))


START_TLS = extended(b"1.3.6.1.4.1.1466.20037")
WHO_AM_I = extended(b"1.3.6.1.4.1.4203.1.11.3")
DELETE = message(4, write(0x4A, b"dc=example"))
COMPARE = message(4, write(0x6E, write(4, b"dc=example"), write(0x30, write(4, b"o"), write(4, b"x"))))
UNBIND = message(5, write(0x42))
ABANDON = message(6, write(0x50, b"\1"))
CRITICAL = write(0xA0, write(0x30, write(4, b"1.2.3"), write(1, b"\xff")))
