"""Ports where a service is spoken inside TLS from the first byte, and where the same is spoken plainly.

Numbers only; the catalogue deals by them. iana.org/assignments/service-names-port-numbers, and practice.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PLAIN: Final[Mapping[int, int]] = MappingProxyType(
    {
        443: 80,
        465: 25,
        563: 119,
        636: 389,
        853: 53,
        990: 21,
        992: 23,
        993: 143,
        994: 6667,
        995: 110,
        2376: 2375,
        3269: 3268,
        4443: 80,
        5061: 5060,
        5671: 5672,
        5986: 5985,
        6443: 6443,
        6697: 6667,
        8443: 8080,
        8883: 1883,
        9443: 80,
        10250: 10250,
    }
)
"""TLS port → plain port; one that is its own (Kubernetes') is listed by the services whose plain port differs. Not in
it: 989, a data channel."""

WEB_SHARE: Final = 4
"""One web server in so many speaks TLS where no service is at home: as many as scans of the internet's odd ports find
(Izhikevich, Teixeira, Durumeric: LZR, USENIX Security 2021; the share is our judgement of its figures)."""
