"""CONNECT packets as clients write them, right and wrong. Used by kernel tests too."""


def text(data):
    return len(data).to_bytes(2) + data


def connect(name=b"MQTT", level=4, flags=2, payload=(b"me",), properties=b"\0", first=0x10, tail=b""):
    body = text(name) + bytes((level, flags, 0, 60)) + (properties if level == 5 else b"")
    body += b"".join(map(text, payload)) + tail
    size = len(body)
    return bytes((first,)) + (bytes((size,)) if size < 128 else bytes((size % 128 | 128, size // 128))) + body


LOGIN = {"flags": 0xC2, "payload": (b"me", b"bob", b"bad")}

PACKETS = {
    "nmap": b"\x10\x10\0\4MQTT\4\2\0\x1e\0\4nmap",
    "nobody": connect(),
    "password": connect(**LOGIN),
    "long names": connect(flags=0xC2, payload=(b"m" * 200, b"bob", b"b" * 200)),
    "user only": connect(flags=0x82, payload=(b"me", b"bob")),
    "password only": connect(flags=0x42, payload=(b"me", b"bad")),
    "empty": connect(flags=0xC2, payload=(b"me", b"", b"")),
    "v5": connect(level=5),
    "v5 password": connect(level=5, **LOGIN),
    "v5 password only": connect(level=5, flags=0x42, payload=(b"me", b"bad")),
    "v5 as mosquitto's": connect(level=5, properties=b"\3\x21\0\x14"),
    "v5 user property": connect(level=5, properties=b"\x07\x26\0\1a\0\1b"),
    "v5 method": connect(level=5, properties=b"\6\x15\0\3foo"),
    "v5 unknown property": connect(level=5, properties=b"\2\x7f\0"),
    "v5 property twice": connect(level=5, properties=b"\4\x19\1\x19\1"),
    "v5 properties without end": connect(level=5, properties=b"\xff\xff\xff\xff"),
    "v5 properties too long": connect(level=5, properties=b"\x70"),
    "v5 unnamed": connect(level=5, payload=(b"",)),
    "v3": connect(b"MQIsdp", 3),
    "v3 password": connect(b"MQIsdp", 3, **LOGIN),
    "v3 of level 4": connect(b"MQIsdp", 4),
    "v3 unnamed": connect(b"MQIsdp", 3, payload=(b"",)),
    "bridge": connect(level=0x84),
    "level 3": connect(level=3),
    "level 9": connect(level=9),
    "name": connect(b"MQTX"),
    "no name": connect(b""),
    "unnamed": connect(payload=(b"",)),
    "unnamed, to be kept": connect(flags=0, payload=(b"",)),
    "reserved flag": connect(flags=3),
    "header flags": connect(first=0x11),
    "will": connect(flags=6, payload=(b"me", b"t", b"gone")),
    "v5 will": connect(level=5, flags=6, payload=(b"me",), tail=b"\0" + text(b"t") + text(b"gone")),
    "will of quality 3": connect(flags=0x1E, payload=(b"me", b"t", b"gone")),
    "will without will": connect(flags=0x22),
    "will to nobody": connect(flags=6, payload=(b"me", b"", b"gone")),
    "will to all": connect(flags=6, payload=(b"me", b"#", b"gone")),
    "tail": connect(tail=b"zz"),
    "zero in name": connect(payload=(b"a\0b",)),
    "no UTF-8": connect(payload=(b"\xff",)),
    "flags for more": connect(flags=0xC2),
    "short": b"\x10\2\0\4",
    "nothing": b"\x10\0",
    "length without end": b"\x10\xff\xff\xff\xff\1",
    "half": b"\x10",
    "half of TLS": b"\x16\3\1",
}
