"""The configuration as values. Every field has its unit in its name and its limit beneath it; reads nothing."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from rawspoof.config.forms import Form
from rawspoof.config.sinks import AnySink

Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=1)]
Seconds = Annotated[float, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]

VERSION: Final = 1
"""Of the file's form: goes up when a key comes to mean something else, not when one is added."""


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the TOML file; an unknown key in it is an error."""


class Sensor(Section, frozen=True):
    """Which packets are ours."""

    interfaces: tuple[str, ...] = ()
    """Interfaces to cover; empty: every one but loopback."""
    addresses: tuple[str, ...] = ()
    """Own addresses to cover; empty: all of the covered interfaces."""
    networks: tuple[str, ...] = ()
    """Decoy networks routed to this machine, CIDR; every address in them answers."""
    exempt_ports: tuple[Port, ...] = ()
    """Ports left to the kernel besides those on which a real service listens (these are found by themselves); in a list
    of ports "8000-8100" is a range."""
    only_ports: tuple[Port, ...] = ()
    """Cover these ports alone, as a honeyport does; all others are left to the kernel. Empty: every port is covered."""
    allow: tuple[str, ...] = ()
    """Source networks, CIDR, that see the machine as it is."""
    closed_ports: tuple[Port, ...] = ()
    """Ports that answer RST, as a closed port does; one makes `nmap -O` sure of itself."""
    workers: Annotated[int, Meta(ge=1, le=64)] = 1
    """Packet processes, one queue each; a source always meets the same one."""
    queue: Annotated[int, Meta(ge=0, le=65000)] = 0
    """Number of the first NFQUEUE queue; the others follow it."""
    queue_max: Count = 65536
    """Packets waiting in a queue; more are dropped by the kernel and counted."""
    bypass: bool = True
    """What a dead worker looks like: true, closed ports (the kernel answers); false, silence."""
    personality: str = "host"
    """Whose TCP we speak: a file in signatures/personalities, or `host` for this machine's own family."""
    firewall: bool = True
    """Install the nftables table; false: somebody else sends us packets (see `rawspoof rules`)."""
    user: str = "nobody"
    """The user packet workers and collector become."""
    state_dir: str = "/var/lib/rawspoof"
    """Where secret and store are kept."""
    secret_file: str = ""
    """The secret's file; empty: `secret` in the state directory, made at the first start."""


class World(Section, frozen=True):
    """Who lives at each port."""

    kind: Literal["maze", "plausible", "open", "fuzz"] = "maze"
    """`maze`: every port a service; `plausible`: each address a host with 5 to 40 open ports; `open`: every port open
    and silent; `fuzz`: every port sends a payload, to test one's own scanners."""
    only: str = ""
    """Deal only this service, on every port."""
    delivery: Literal["human", "prompt"] = "human"
    """`human`: delays, and a share of silent ports; `prompt`: every port speaks at once (tests, benchmarks)."""
    epoch: int = 0
    """Change it to deal the ports anew."""
    rotate_s: Seconds = 0.0
    """Deal the ports anew each time so many seconds of the clock are over (86400: at midnight UTC), at least 600; hosts
    keep name and system, connections their port. 0: only with another epoch."""
    per_source: bool = False
    """Every /24 (IPv6: /64) of sources sees a world of its own."""
    silent_share: Share = 0.1
    """Share of ports that never say a byte."""
    persist_share: Share = 0.05
    """Share of ports that close their window after the peer's first data and keep it closed."""
    drip_share: Share = 0.0
    """Share of a maze's ports that speak a little at a time: greetings byte by byte, silent ones random lines."""
    fuzz_wordlist: str = ""
    """File whose lines are the payloads of a `fuzz` world, one a connection; empty: random bytes."""
    fuzz_wrapper: str = ""
    """File of lines around payloads, which stand in for their `__FUZZ__`; empty: payloads go out as they are."""
    hold_min_s: Seconds = 4.0
    """Shortest hold. Under 3 s nmap files a silent port as tcpwrapped, its cheapest answer."""
    hold_max_s: Seconds = 36000.0
    """Longest hold; 0: never close a connection that the peer keeps open."""


class Tcp(Section, frozen=True):
    """Limits of our TCP. What happens at each is counted."""

    flows_max: Count = 65536
    """Connections with state; the one idle longest is forgotten for a new one."""
    holds_max: Count = 1_000_000
    """Timed holds; a hold beyond this is never closed by us."""
    half_open_max: Count = 1024
    """SYN-ACKs that may be sent again by themselves; a SYN beyond this gets one SYN-ACK for each time it asks."""
    answers_per_s_max: Annotated[float, Meta(ge=0)] = 0.0
    """SYN-ACKs a second for one source; those beyond come up to 0.9 s late, which slows scanners down and shows no port
    as filtered to one that waits a second (nmap -T5 does not). 0: all at once."""
    idle_s: Seconds = 30.0
    """Quiet time after which a conversation is told it has idled."""
    retries_max: Count = 8
    """Retransmissions of the same bytes before a connection is given up."""


class Watch(Section, frozen=True):
    """How sources are watched and reported."""

    own_networks: tuple[str, ...] = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")
    """Networks of one's own, CIDR: a source in them is an intruder already (other ATT&CK techniques)."""
    sources_max: Count = 100_000
    """Sources known at a time; the one seen first goes for a new one."""
    idle_s: Seconds = 300.0
    """Quiet time after which a scan has ended."""
    update_s: Seconds = 30.0
    """Shortest time between two reports of a scan that goes on."""


class Events(Section, frozen=True):
    """Where what happened is written."""

    file: str = ""
    """One event a line; `-` is standard output; empty: nowhere."""
    form: Form = "ecs"
    """How the file's lines are written: JSON (`ecs`, `ocsf`, `tpot`, `pro`, `rawspoof` for a hub) or text (`cef`,
    `leef`, `leef-caret`, `fail2ban`, `portspoof`, `pylog`)."""
    log_file: str = ""
    """portspoof-py's line for each completed connection; empty: nowhere."""
    verbose: bool = False
    """Print portspoof-py's lines to standard output."""
    rotate_mb: Annotated[int, Meta(ge=0)] = 0
    """MiB after which `file` and `log_file` are begun anew; 0: never (logrotate and SIGHUP do it)."""
    rotate_keep: Annotated[int, Meta(ge=1, le=999)] = 5
    """Older files kept of each: `file.1` is the latest."""
    queue_max: Count = 65536
    """Events waiting for one sink; more are read back from the store, or dropped (the oldest) and counted."""


class Store(Section, frozen=True):
    """Events kept on this machine, for `rawspoof events` and `report`, and for sinks that were away."""

    enabled: bool = True
    """Keep them."""
    folder: str = ""
    """Where; empty: `store` in the state directory."""
    retention_days: Count = 30
    """Days kept, today included; older ones are removed."""
    mb_max: Count = 1024
    """MiB of all days together; the oldest day goes for more."""


class Block(Section, frozen=True):
    """Who is kept out, and for how long. Only what a source did on completed handshakes counts: SYNs prove nothing."""

    enabled: bool = False
    """Block; false: nobody, but by hand (`rawspoof block add`)."""
    dry_run: bool = False
    """Only tell who would be blocked."""
    kind: Literal["all", "services", "tarpit", "none"] = "all"
    """`all`: drop everything; `services`: drop what is for real services, and keep them in the maze; `tarpit`: let
    connections open and hear nothing more; `none`: only tell others, by feeds and hook (the only kind without a
    firewall)."""
    tripwire_ports: tuple[Port, ...] = ()
    """Ports that nobody has any business at: a connection there is an alert, and gets the source blocked."""
    ports_min: Annotated[int, Meta(ge=0, le=65535)] = 100
    """Connections to so many different ports, without a break of watch.idle_s, get a source blocked; 0: they do not."""
    connections_min: Annotated[int, Meta(ge=0)] = 0
    """So many connections do, to whatever port; 0: they do not."""
    credential: bool = False
    """One try to log in does."""
    level_min: Annotated[int, Meta(ge=0, le=3)] = 3
    """A scan of this level does; 0: it does not."""
    risk_min: Annotated[int, Meta(ge=0, le=1000)] = 0
    """A scan of this risk does; 0: it does not."""
    seconds: Annotated[float, Meta(ge=1)] = 600.0
    """How long a block lasts; the next one of the same source lasts twice as long as its last."""
    seconds_max: Annotated[float, Meta(ge=1)] = 604800.0
    """How long one lasts at most, and how long a source has to keep away to be new again."""
    never: tuple[str, ...] = ()
    """Sources that are never blocked, CIDR, beside sensor.allow, this machine's own addresses, gateways, resolvers and
    whoever has a connection to it or from it."""
    blocks_max: Count = 65536
    """Sources blocked at a time; one beyond is not, and that is told."""
    hook: tuple[str, ...] = ()
    """A command and its arguments, run for each event of a block, one at a time and as sensor.user; the event comes as
    a line of JSON on its standard input."""
    hook_s: Annotated[float, Meta(gt=0)] = 10.0
    """How long it may take; then it is killed."""


class Feeds(Section, frozen=True):
    """Lists of who is blocked, for others: written anew whenever that changes. Only proven sources are in them."""

    folder: str = ""
    """Where: `blocked.txt`, `.csv`, `.nft`, `.ipset`, `.rpz`, `.fail2ban` and `.stix.json`, and `misp`; empty:
    nowhere. It is made where it is not there; the collector must be able to write in it."""


class Fleet(Section, frozen=True):
    """Several sensors and their hub: each tells a NATS broker of its events, its health and its blocks."""

    url: str = ""
    """The broker, `tls://host:4222` or `nats://`; empty: this sensor is on its own."""
    user: str = ""
    """Whose password the secret is; empty: the secret is an NKey seed or a token."""
    secret_file: str = ""
    """File whose first line it is; read once, as root."""
    secret_env: str = ""
    """Or the environment variable that holds it."""
    ca_file: str = ""
    """Certificates to trust, PEM; empty: the system's."""
    cert_file: str = ""
    """Our own certificate and its key, PEM, where the broker asks for one."""
    verify: bool = True
    """Whether the broker's certificate and name are checked; false only for a test."""
    timeout_s: Annotated[float, Meta(gt=0, le=300)] = 10.0
    """Longest wait for a connection, and for an answer."""
    name: str = ""
    """What this sensor is called, no other of the fleet by the same; empty: the host's name."""
    blocks: Literal["both", "send", "take", "off"] = "both"
    """Whether blocks are shared: `send` tells the others ours, `take` puts theirs into force. They are taken only where
    block.enabled, and what must never be blocked here is not."""
    health_s: Annotated[float, Meta(ge=1, le=3600)] = 10.0
    """How often the sensor says that it is well."""


class Hub(Section, frozen=True):
    """Where `rawspoof hub` reads what the sensors of a fleet tell. [store], [admin] and [[sink]] are its own then."""

    url: str = ""
    """The broker, `tls://host:4222` or `nats://`."""
    user: str = ""
    """Whose password the secret is; empty: the secret is an NKey seed or a token."""
    secret_file: str = ""
    """File whose first line it is; empty: `hub/seed` in the state directory, where `rawspoof hub keys` made one."""
    secret_env: str = ""
    """Or the environment variable that holds it."""
    ca_file: str = ""
    """Certificates to trust, PEM; empty: `hub/broker.crt` in the state directory where `rawspoof hub broker` made one,
    else the system's."""
    cert_file: str = ""
    """Our own certificate and its key, PEM, where the broker asks for one."""
    verify: bool = True
    """Whether the broker's certificate and name are checked; false only for a test."""
    timeout_s: Annotated[float, Meta(gt=0, le=300)] = 10.0
    """Longest wait for a connection, and for an answer."""
    silent_s: Annotated[float, Meta(ge=10)] = 300.0
    """A sensor that was not heard of for so long is told as trouble."""


class Evidence(Section, frozen=True):
    """Packets of sources that completed a handshake, theirs and our answers, as pcap files."""

    enabled: bool = True
    """Keep them, in `evidence` in the state directory."""
    mb_max: Count = 4
    """MiB of one source; its oldest file goes for more."""
    total_mb_max: Count = 256
    """MiB of all sources together; the oldest file goes for more. A file counts 4 KiB at least."""


class Mail(Section, frozen=True):
    """Digests by mail of who connected and who scanned. The keys are those of portspoof-py's email.json, and more."""

    enabled: bool = False
    """Send them."""
    smtp_host: str = ""
    """The mail server."""
    smtp_port: Port = 587
    """Its port: 587 for STARTTLS, 465 for TLS from the first byte, 25 mostly for neither."""
    smtp_starttls: bool = True
    """Change to TLS after the first words; a server that cannot gets no mail."""
    smtp_tls: bool = False
    """TLS from the first byte; smtp_starttls then does not count."""
    smtp_ca_file: str = ""
    """Certificates to trust, PEM; empty: the system's."""
    smtp_user: str = ""
    """Who we log in as; empty: nobody, no login."""
    smtp_password: str = ""
    """The password, for all to read who may read this file; the next two keys are better."""
    smtp_password_file: str = ""
    """File whose first line it is; read as root."""
    smtp_password_env: str = ""
    """Or the environment variable that holds it."""
    from_addr: str = ""
    """The sender's address; empty: smtp_user."""
    to_addr: str = ""
    """Where digests go; several addresses have commas between them."""
    trigger_ports: tuple[Port, ...] = ()
    """Only tell of connections and scans of these ports; empty: of all."""
    scans: bool = True
    """Tell of scans as well; false: of connections only, as portspoof-py does."""
    batch_delay_seconds: Seconds = 60.0
    """How long after its first event a digest is sent; what comes meanwhile is in it."""
    cooldown_seconds: Seconds = 300.0
    """Shortest time between two digests; what comes meanwhile is in the second."""
    json_file: str = ""
    """An email.json of portspoof-py: what it says counts instead, edits from the next digest on; empty: none."""


class Admin(Section, frozen=True):
    """The web admin: pages and an API for whoever runs the sensor. Its port is exempt by itself."""

    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """Where it listens; 0: there is none."""
    host: str = "127.0.0.1"
    """The address it listens at; beyond loopback it speaks TLS only, unless `tls` says otherwise."""
    passwd_file: str = ""
    """Who may come in, `rawspoof admin passwd` writes it; empty: `admin.passwd` in the state directory."""
    tls: Literal["auto", "on", "off"] = "auto"
    """`auto`: everywhere but on loopback."""
    cert_file: str = ""
    """Certificate (chain), PEM; empty: `admin.crt` in the state directory. It is made, with its key, where there is
    neither."""
    key_file: str = ""
    """Its key, PEM; empty: `admin.key` in the state directory."""
    names: tuple[str, ...] = ()
    """Names by which it is asked for, beside addresses, `localhost` and this machine's own; requests for others are
    refused."""
    geoip_file: str = ""
    """Countries of addresses, a MaxMind DB (.mmdb); empty: none are shown, and nobody is ever asked for them."""


class Config(Section, frozen=True):
    """All of it."""

    version: Count = VERSION
    """The form of this file; without it, the one that this version knows."""
    sensor: Sensor = Sensor()
    world: World = World()
    tcp: Tcp = Tcp()
    watch: Watch = Watch()
    events: Events = Events()
    store: Store = Store()
    mail: Mail = Mail()
    evidence: Evidence = Evidence()
    block: Block = Block()
    feeds: Feeds = Feeds()
    fleet: Fleet = Fleet()
    hub: Hub = Hub()
    admin: Admin = Admin()
    sink: tuple[AnySink, ...] = ()
    """Places far away to which events are sent: a `[[sink]]` table each, with `kind = "syslog"` (`webhook`, `nats`,
    `redis`, `elasticsearch`, `clickhouse`, `splunk`, `otlp`) and its `url`."""
    signatures: tuple[str, ...] = ()
    """Further signatures beside the ones that come along: folders of service TOML files, or files (our TOML,
    portspoof's signatures, an nmap-service-probes)."""
    portspoof_conf: str = ""
    """A portspoof.conf: payloads that stand at their ports in every world; empty: none."""
    compat_expander: bool = False
    """Of portspoof's files, say what its own generator would, mistakes included; nmap then names few of them."""

    @property
    def exempt_ports(self) -> tuple[int, ...]:
        """Ports left to the kernel: those named, and the web admin's."""
        return (*self.sensor.exempt_ports, self.admin.port) if self.admin.port else self.sensor.exempt_ports
