"""Which speaker a protocol has. The module's name is the catalogue's name for the protocol, with `-` as `_`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from rawspoof.core.conversation.adb import Adb
from rawspoof.core.conversation.amqp import Amqp
from rawspoof.core.conversation.base import Conversation
from rawspoof.core.conversation.bgp import Bgp
from rawspoof.core.conversation.cassandra_native import CassandraNative
from rawspoof.core.conversation.dialogue import Dialogue
from rawspoof.core.conversation.dnp import Dnp
from rawspoof.core.conversation.ftp import Ftp
from rawspoof.core.conversation.git import Git
from rawspoof.core.conversation.hp_pjl import HpPjl
from rawspoof.core.conversation.http import Http
from rawspoof.core.conversation.imap import Imap
from rawspoof.core.conversation.irc import Irc
from rawspoof.core.conversation.iso_tsap import IsoTsap
from rawspoof.core.conversation.jdwp import Jdwp
from rawspoof.core.conversation.kafka import Kafka
from rawspoof.core.conversation.ldap import Ldap
from rawspoof.core.conversation.memcached import Memcached
from rawspoof.core.conversation.modbus import Modbus
from rawspoof.core.conversation.mongodb import Mongodb
from rawspoof.core.conversation.mqtt import Mqtt
from rawspoof.core.conversation.ms_sql_s import MsSqlServer
from rawspoof.core.conversation.ms_wbt_server import Rdp
from rawspoof.core.conversation.msrpc import Msrpc
from rawspoof.core.conversation.mysql import Mysql
from rawspoof.core.conversation.nats import Nats
from rawspoof.core.conversation.nntp import Nntp
from rawspoof.core.conversation.oracle_tns import OracleTns
from rawspoof.core.conversation.pop3 import Pop3
from rawspoof.core.conversation.postgresql import Postgresql
from rawspoof.core.conversation.redis import Redis
from rawspoof.core.conversation.rpcbind import Rpcbind
from rawspoof.core.conversation.rsync import Rsync
from rawspoof.core.conversation.rtsp import Rtsp
from rawspoof.core.conversation.secured import Secured
from rawspoof.core.conversation.sieve import Sieve
from rawspoof.core.conversation.sip import Sip
from rawspoof.core.conversation.smb import Smb
from rawspoof.core.conversation.smtp import Smtp
from rawspoof.core.conversation.speaker import Speaker
from rawspoof.core.conversation.ssh import Ssh
from rawspoof.core.conversation.telnet import Telnet
from rawspoof.core.conversation.visit import Visit
from rawspoof.core.conversation.vnc import Vnc
from rawspoof.core.conversation.x11 import X11
from rawspoof.core.signature.identity import Identity

SPEAKERS: Final[Mapping[str, type[Speaker]]] = MappingProxyType(
    {
        "X11": X11,
        "XmlIpcRegSvc": Kafka,
        "adb": Adb,
        "amqp": Amqp,
        "bgp": Bgp,
        "dnp": Dnp,
        "cassandra-native": CassandraNative,
        "docker": Http,
        "ftp": Ftp,
        "ftp-proxy": Ftp,
        "git": Git,
        "hp-pjl": HpPjl,
        "greenplum": Postgresql,
        "http": Http,
        "http-proxy": Http,
        "imap": Imap,
        "imap-proxy": Imap,
        "ipp": Http,
        "irc": Irc,
        "irc-proxy": Irc,
        "iso-tsap": IsoTsap,
        "jdwp": Jdwp,
        "kafka": Kafka,
        "ldap": Ldap,
        "lmtp": Smtp,
        "memcached": Memcached,
        "microsoft-ds": Smb,
        "modbus": Modbus,
        "mqtt": Mqtt,
        "mongodb": Mongodb,
        "ms-sql-s": MsSqlServer,
        "ms-wbt-server": Rdp,
        "msrpc": Msrpc,
        "mysql": Mysql,
        "nats": Nats,
        "netbios-ssn": Smb,
        "nntp": Nntp,
        "nntp-proxy": Nntp,
        "oracle-tns": OracleTns,
        "pop3": Pop3,
        "pop3-proxy": Pop3,
        "postgresql": Postgresql,
        "raop": Rtsp,
        "redis": Redis,
        "rpcbind": Rpcbind,
        "rsync": Rsync,
        "rtsp": Rtsp,
        "rtsp-proxy": Rtsp,
        "sieve": Sieve,
        "sip": Sip,
        "sip-proxy": Sip,
        "smtp": Smtp,
        "smtp-proxy": Smtp,
        "ssh": Ssh,
        "telnet": Telnet,
        "telnet-proxy": Telnet,
        "upnp": Http,
        "vnc": Vnc,
        "vrml-multi-use": Nats,
    }
)
"""By nmap's service name; every other protocol is spoken as its file has it written."""


def conversation(visit: Visit) -> Conversation:
    """The talk of a connection with whoever lives there."""
    identity = visit.identity
    speaker = Http if identity.site is not None else SPEAKERS.get(identity.protocol, Speaker)
    if identity.frame == "match" and identity.answers:
        # What another tool's file has as the answer to its probe stands for itself.
        speaker = Speaker
    if identity.tls and visit.engines is not None:
        return Secured(visit, visit.engines, speaker, talks(identity))
    return Dialogue(speaker(visit), talks(identity))


def talks(identity: Identity) -> bool:
    """Whether anything that is asked can be answered."""
    if identity.tls == "implicit":
        return True
    return bool(identity.answers) or identity.site is not None or identity.protocol in SPEAKERS
