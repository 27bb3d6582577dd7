"""What servers other than OpenSSH offer, by product and version. Knows lists of names, no cryptography.

From each product's source or manual, and from what public scans show of it; see `openssh` for how a table is read.
"""

from typing import Final

from rawspoof.core.conversation.ssh.offer import Offer
from rawspoof.core.conversation.ssh.openssh import Since, Version, expand, since

_C25519: Final = "curve25519-sha256 curve25519-sha256@libssh.org"
_ECDH: Final = "ecdh-sha2-nistp256 ecdh-sha2-nistp384 ecdh-sha2-nistp521"
_ECDH_DOWN: Final = "ecdh-sha2-nistp521 ecdh-sha2-nistp384 ecdh-sha2-nistp256"
_G14: Final = "diffie-hellman-group14-sha1"
_G1: Final = "diffie-hellman-group1-sha1"
_GEX1: Final = "diffie-hellman-group-exchange-sha1"
_GEX256: Final = "diffie-hellman-group-exchange-sha256"
_CTR: Final = "aes128-ctr aes192-ctr aes256-ctr"
_CBC: Final = "aes128-cbc aes192-cbc aes256-cbc"
_GUESS: Final = "kexguess2@matt.ucc.asn.au"
_SHA2: Final = "rsa-sha2-512 rsa-sha2-256"

Lists = tuple[Since, Since, Since, Since]
"""Methods, host keys, ciphers, codes."""


def always(listed: str) -> Since:
    """The same in all versions."""
    return (((0,), listed),)


DROPBEAR: Final[Lists] = (
    (
        ((2025, 87), "sntrup761x25519-sha512 sntrup761x25519-sha512+ mlkem768x25519-sha256 "
                     f"{_C25519} {_ECDH_DOWN} diffie-hellman-group14-sha256 {_GUESS} kex-strict-s-v00+"),
        ((2024,), f"{_C25519} {_ECDH_DOWN} diffie-hellman-group14-sha256 {_GUESS} kex-strict-s-v00+"),
        ((2022,), f"{_C25519} {_ECDH_DOWN} diffie-hellman-group14-sha256 {_GUESS}"),
        ((2018,), f"{_C25519} {_ECDH_DOWN} diffie-hellman-group14-sha256 {_G14} {_GUESS}"),
        ((2013, 62), f"curve25519-sha256@libssh.org {_ECDH_DOWN} {_G14} {_G1} {_GUESS}"),
        ((2013, 57), f"{_G14} {_G1} {_GUESS}"),
        ((0, 53), f"{_G14} {_G1}"),
        ((0,), _G1),
    ),
    (((2020, 79), "ssh-ed25519 ecdsa-sha2-nistp256 rsa-sha2-256 ssh-rsa"), ((2013, 62), "ssh-rsa"),
     ((0,), "ssh-rsa ssh-dss")),
    (
        ((2024, 85), "chacha20-poly1305+ aes256-ctr aes128-ctr"),
        ((2020, 79), "chacha20-poly1305+ aes128-ctr aes256-ctr"),
        ((2018,), "aes128-ctr aes256-ctr aes128-cbc aes256-cbc 3des-ctr 3des-cbc"),
        ((0, 52), "aes128-ctr 3des-ctr aes256-ctr aes128-cbc 3des-cbc aes256-cbc"),
        ((0,), "aes128-cbc aes256-cbc 3des-cbc"),
    ),
    (((2020, 79), "hmac-sha1 hmac-sha2-256"), ((2018,), "hmac-sha1-96 hmac-sha1 hmac-sha2-256"),
     ((2013,), "hmac-sha1-96 hmac-sha1 hmac-sha2-256 hmac-sha2-512 hmac-md5"),
     ((0,), "hmac-sha1-96 hmac-sha1 hmac-md5")),
)  # fmt: skip
LIBSSH: Final[Lists] = (
    (((0, 9), f"{_C25519} {_ECDH} diffie-hellman-group18-sha512 diffie-hellman-group16-sha512 "
              f"{_GEX256} diffie-hellman-group14-sha256"),
     ((0, 7), f"curve25519-sha256@libssh.org ecdh-sha2-nistp256 {_G14} {_G1}"),
     ((0,), f"{_G14} {_G1}")),
    (((0, 9), f"ssh-ed25519 ecdsa-sha2-nistp256 {_SHA2}"), ((0,), "ssh-rsa")),
    (((0, 9), "chacha20-poly1305+ aes256-gcm+ aes128-gcm+ aes256-ctr aes192-ctr aes128-ctr"),
     ((0,), "aes256-ctr aes192-ctr aes128-ctr aes256-cbc aes192-cbc aes128-cbc blowfish-cbc 3des-cbc")),
    (((0, 9), "hmac-sha2-256-etm+ hmac-sha2-512-etm+ hmac-sha2-256 hmac-sha2-512"),
     ((0, 7), "hmac-sha2-256 hmac-sha2-512 hmac-sha1"), ((0,), "hmac-sha1")),
)  # fmt: skip
ASYNCSSH: Final[Lists] = (
    (((1, 10), f"{_C25519} {_ECDH_DOWN} {_GEX256} diffie-hellman-group14-sha256 diffie-hellman-group16-sha512 "
               f"diffie-hellman-group18-sha512 {_G14}"),
     ((0,), f"curve25519-sha256@libssh.org {_ECDH_DOWN} {_GEX256} {_GEX1} {_G14} {_G1}")),
    (((1, 10), f"ssh-ed25519 {_SHA2}"), ((0,), "ssh-rsa")),
    always("chacha20-poly1305+ aes256-gcm+ aes128-gcm+ aes256-ctr aes192-ctr aes128-ctr"),
    always("umac-64-etm+ umac-128-etm+ hmac-sha2-256-etm+ hmac-sha2-512-etm+ hmac-sha1-etm+ umac-64+ umac-128+ "
           "hmac-sha2-256 hmac-sha2-512 hmac-sha1"),
)  # fmt: skip
PARAMIKO: Final[Lists] = (
    (((2, 7), f"curve25519-sha256@libssh.org {_ECDH} diffie-hellman-group16-sha512 {_GEX256} "
              f"diffie-hellman-group14-sha256 {_GEX1} {_G14} {_G1}"),
     ((1, 16), f"{_ECDH} {_GEX256} {_GEX1} {_G14} {_G1}"), ((0,), f"{_G1} {_GEX1}")),
    (((2, 9), f"{_SHA2} ssh-rsa"), ((0,), "ssh-rsa")),
    (((1, 16), f"{_CTR} {_CBC} 3des-cbc"), ((0,), "aes128-ctr aes256-ctr aes128-cbc blowfish-cbc aes256-cbc 3des-cbc")),
    (((2,), "hmac-sha2-256 hmac-sha2-512 hmac-sha2-256-etm+ hmac-sha2-512-etm+ hmac-sha1 hmac-md5 hmac-sha1-96 "
            "hmac-md5-96"),
     ((0,), "hmac-sha1 hmac-md5 hmac-sha1-96 hmac-md5-96")),
)  # fmt: skip
MINA: Final[Lists] = (
    (((1,), f"{_ECDH_DOWN} {_GEX256} {_GEX1} {_G14} {_G1}"), ((0, 9), f"{_G14} {_G1}"), ((0,), _G1)),
    always("ssh-rsa"),
    (((0, 10), "aes128-ctr aes192-ctr aes256-ctr arcfour256 arcfour128 aes128-cbc 3des-cbc blowfish-cbc aes192-cbc "
               "aes256-cbc"), ((0,), "aes128-cbc 3des-cbc blowfish-cbc aes192-cbc aes256-cbc")),
    (((0, 11), "hmac-md5 hmac-sha1 hmac-sha2-256 hmac-sha2-512 hmac-sha1-96 hmac-md5-96"),
     ((0,), "hmac-md5 hmac-sha1 hmac-md5-96 hmac-sha1-96")),
)  # fmt: skip
BITVISE: Final[Lists] = (
    (((7,), f"{_C25519} {_ECDH_DOWN} {_GEX256} diffie-hellman-group16-sha512 diffie-hellman-group14-sha256 {_G14}"),
     ((0,), f"{_G14} {_G1}")),
    (((7,), f"{_SHA2} ssh-rsa ecdsa-sha2-nistp521 ssh-ed25519"), ((0,), "ssh-rsa ssh-dss")),
    (((7,), "aes256-gcm+ aes128-gcm+ aes256-ctr aes192-ctr aes128-ctr 3des-ctr"), ((0,), f"{_CTR} {_CBC} 3des-cbc")),
    (((7,), "hmac-sha2-256 hmac-sha1"), ((0,), "hmac-sha1 hmac-md5")),
)  # fmt: skip
CISCO: Final[Lists] = (
    always(f"{_GEX1} {_G14} {_G1}"),
    always("ssh-rsa"),
    always("aes128-ctr aes192-ctr aes256-ctr aes128-cbc 3des-cbc aes192-cbc aes256-cbc"),
    always("hmac-sha1 hmac-sha1-96"),
)
ROUTEROS: Final[Lists] = (
    always(f"curve25519-sha256@libssh.org {_GEX256} {_GEX1} {_G14} {_G1}"),
    always("ssh-rsa"),
    always(f"aes192-ctr aes256-ctr aes128-ctr {_CBC} 3des-cbc"),
    always("hmac-sha2-256 hmac-sha1"),
)
SUN: Final[Lists] = (
    always(f"{_GEX1} {_G1}"),
    always("ssh-rsa ssh-dss"),
    always("aes128-ctr aes128-cbc arcfour 3des-cbc blowfish-cbc"),
    always("hmac-md5 hmac-sha1 hmac-sha1-96 hmac-md5-96"),
)
OTHERS: Final[Lists] = (
    always(f"{_GEX256} {_GEX1} {_G14} {_G1}"),
    always("ssh-rsa"),
    always(f"{_CTR} {_CBC} 3des-cbc"),
    always("hmac-sha2-256 hmac-sha1 hmac-sha1-96 hmac-md5"),
)
"""For products whose lists nobody has written down here: what was usual about 2012."""

PRODUCTS: Final[dict[str, Lists]] = {
    "Dropbear sshd": DROPBEAR,
    "libssh": LIBSSH,
    "AsyncSSH sshd": ASYNCSSH,
    "Paramiko Python sshd": PARAMIKO,
    "Apache Mina sshd": MINA,
    "Bitvise WinSSHD": BITVISE,
    "Cisco SSH": CISCO,
    "MikroTik RouterOS sshd": ROUTEROS,
    "SunSSH": SUN,
}


def offer(product: str, version: Version) -> Offer:
    """The lists of a product, by nmap's name for it, in a version."""
    lists = [expand(since(table, version)) for table in PRODUCTS.get(product, OTHERS)]
    compression = ("zlib@openssh.com", "none") if product == "Dropbear sshd" else ("none",)
    return Offer(lists[0], lists[1], lists[2], lists[3], compression)
