/* Load for scripts/bench: sweeps of SYNs at a pace, silent holds, whole conversations. Knows TCP headers, judges nothing.
 *
 *   load syn  KEY=VALUE…   SYNs to all ports; counts those that were answered, each once
 *   load hold KEY=VALUE…   the same, completing each handshake; then asks some of the connections whether they live
 *   load talk KEY=VALUE…   kernel sockets: connect, read a line, close; with get=1 ask for a page, read it to its end
 *
 * Prints one JSON object; moments are CLOCK_MONOTONIC. `syn` and `hold` have no sockets: they send and receive by
 * AF_PACKET, from addresses no kernel answers for. A SYN's number rides in its SEQ and so comes back in the SYN-ACK.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32, FRAME = 256, FRAMES = 1 << 17, SEQ_BASE = 0x10000000 };
enum { SYN = 2, RST = 4, ACK = 16 };

struct packet {
    uint8_t to[6], from[6];
    uint16_t ethertype;
    uint8_t version, tos; uint16_t length, id, fragment; uint8_t ttl, protocol; uint16_t sum; uint32_t src, dst;
    uint16_t sport, dport; uint32_t seq, ack; uint8_t offset, flags; uint16_t window, tcp_sum, urgent; uint8_t mss[4];
} __attribute__((packed));

/* What the command line may set. */
static uint32_t rate = 1000;     /* SYNs a second */
static uint32_t count = 65535;   /* SYNs in all */
static uint32_t sources = 1;     /* source addresses, from `src` on; each asks port after port */
static uint32_t spread = 0;      /* 1: another source port for each SYN; 0: one for all, as a port scanner has */
static uint32_t sport = 40000;   /* the first source port; runs that must not share a 4-tuple differ in it */
static uint32_t rst = 0;         /* 1: answer each SYN-ACK by RST, as a scanner's kernel does */
static uint32_t first = 0;       /* 1: stop at the first answer */
static uint32_t settle_ms = 100; /* how long after the last SYN an answer may come */
static uint32_t probes = 0;      /* held connections to ask whether they live */
static uint32_t time_ms = 1000;  /* how long to talk */
static uint32_t slots = 64;      /* conversations at a time */
static uint32_t get = 0;         /* 1: ask for a page, to be sent before the server closes */
static char *interface = "eth0", *dst_text = "192.0.2.1", *src_text = "198.51.100.1", *mac = "02:00:00:00:00:01";
static const struct { const char *key; uint32_t *number; } numbers[] = {
    {"rate", &rate}, {"count", &count}, {"sources", &sources}, {"spread", &spread}, {"sport", &sport}, {"rst", &rst},
    {"first", &first}, {"settle_ms", &settle_ms}, {"probes", &probes}, {"time_ms", &time_ms}, {"slots", &slots},
    {"get", &get}};
static const struct { const char *key; char **text; } texts[] = {
    {"interface", &interface}, {"dst", &dst_text}, {"src", &src_text}, {"mac", &mac}};

static int wire, holding;
static uint32_t dst, src;
static uint8_t *ring, mac_bytes[6];
static uint32_t *iss;   /* by SYN: the peer's ISS once it answered */
static uint8_t *state;  /* by SYN: 0 no answer yet, 1 answered, 2 asked by a probe, 3 alive */
static uint32_t sent, answered, living;
static double first_at, last_at;

static void die(const char *what) { perror(what); exit(1); }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static uint16_t checksum(const void *data, int bytes, uint32_t sum) {
    const uint8_t *b = data;
    for (int i = 0; i < bytes; i += 2) sum += b[i] << 8 | b[i + 1];
    sum = (sum & 0xFFFF) + (sum >> 16);
    return htons(~((sum & 0xFFFF) + (sum >> 16)));
}

/* The port asked as number `k`: every port once in 65,535, in an order without order (40507 and 65535 share no factor). */
static uint16_t port(uint64_t k) { return 1 + k * 40507 % 65535; }

/* The packet of connection `i`, whose addresses and ports follow from its number; returns its bytes on the wire. */
static int stamp(struct packet *p, uint32_t i, uint8_t flags, uint32_t seq, uint32_t ack) {
    int tcp = flags == SYN ? 24 : 20;
    uint32_t k = i / sources;
    *p = (struct packet){.from = {2}, .ethertype = htons(ETH_P_IP), .version = 0x45, .length = htons(20 + tcp),
        .fragment = htons(0x4000), .ttl = 64, .protocol = 6, .src = htonl(src + i % sources), .dst = dst,
        .sport = htons(1024 + (sport - 1024 + (spread ? k : k / 65535)) % 64512), .dport = htons(port(k)),
        .seq = htonl(seq), .ack = htonl(ack), .offset = tcp << 2, .flags = flags, .window = htons(1024), .mss = {2, 4, 5, 0xB4}};
    memcpy(p->to, mac_bytes, 6);
    p->sum = checksum(&p->version, 20, 0);
    p->tcp_sum = checksum(&p->src, 8 + tcp, 6 + tcp);
    return 34 + tcp;
}

static void send_all(struct packet *packets, int *sizes, int n) {
    struct mmsghdr messages[BATCH] = {0};
    struct iovec parts[BATCH];
    for (int i = 0; i < n; i++) {
        parts[i] = (struct iovec){&packets[i], sizes[i]};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
    }
    for (int done = 0, r; done < n; done += r > 0 ? r : 0)
        if ((r = sendmmsg(wire, messages + done, n - done, 0)) < 0 && errno != ENOBUFS) die("sendmmsg");
}

static void send_syns(uint32_t from, int n) {
    struct packet packets[BATCH];
    int sizes[BATCH];
    for (int i = 0; i < n; i++) sizes[i] = stamp(&packets[i], from + i, SYN, SEQ_BASE + from + i, 0);
    send_all(packets, sizes, n);
}

static void send_one(uint32_t i, uint8_t flags, uint32_t seq, uint32_t ack) {
    struct packet p;
    int size = stamp(&p, i, flags, seq, ack);
    send_all(&p, &size, 1);
}

static void receive(const struct packet *p) {
    uint32_t i = ntohl(p->ack) - 1 - SEQ_BASE, bytes = ntohs(p->length) - 20 - (p->offset >> 4) * 4;
    if (p->protocol != 6 || p->src != dst || i >= sent || (p->flags & (ACK | RST)) != ACK) return;
    if (p->flags & SYN) {
        if (state[i]) return;
        last_at = now();
        if (!answered++) first_at = last_at;
        state[i] = 1;
        iss[i] = ntohl(p->seq);
        if (holding) send_one(i, ACK, SEQ_BASE + i + 1, iss[i] + 1);
        else if (rst) send_one(i, RST, SEQ_BASE + i + 1, 0);
    } else if (state[i] == 2) {
        state[i] = 3;
        living++;
    } else if (holding && bytes) send_one(i, ACK, SEQ_BASE + i + 1, ntohl(p->seq) + bytes);
}

static void drain(void) {
    static uint32_t next;
    for (;; next = (next + 1) % FRAMES) {
        struct tpacket2_hdr *h = (void *)(ring + (size_t)next * FRAME);
        if (!(__atomic_load_n(&h->tp_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER)) return;
        receive((void *)((uint8_t *)h + h->tp_mac));
        __atomic_store_n(&h->tp_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    }
}

static void drain_for(double time_s) {
    for (double end = now() + time_s; now() < end;) drain();
}

/* A packet socket that sends past the queueing discipline and receives into a ring it shares with the kernel. */
static void open_wire(void) {
    int version = TPACKET_V2, one = 1, room = 64 << 20;
    struct tpacket_req req = {.tp_block_size = 1 << 16, .tp_block_nr = (size_t)FRAMES * FRAME >> 16,
                              .tp_frame_size = FRAME, .tp_frame_nr = FRAMES};
    struct sockaddr_ll at = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = if_nametoindex(interface)};
    if ((wire = socket(AF_PACKET, SOCK_RAW, 0)) < 0) die("socket");
    if (setsockopt(wire, SOL_PACKET, PACKET_VERSION, &version, sizeof version) ||
        setsockopt(wire, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room) ||
        setsockopt(wire, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one) ||
        setsockopt(wire, SOL_PACKET, PACKET_RX_RING, &req, sizeof req)) die("setsockopt");
    ring = mmap(NULL, (size_t)FRAMES * FRAME, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, wire, 0);
    if (ring == MAP_FAILED) die("mmap");
    if (!at.sll_ifindex || bind(wire, (void *)&at, sizeof at)) die(interface);
    iss = calloc(count, sizeof *iss);
    state = calloc(count, 1);
}

/* Sends `count` SYNs at `rate`. Time lost to others is not made up for by a burst: the pace starts anew from there. */
static void pace(void) {
    double clock = now();
    while (sent < count && !(first && answered)) {
        double due = (now() - clock) * rate + 1;
        if (due > sent + rate * 0.002 + BATCH) clock += (due - sent) / rate;
        uint32_t n = due > count ? count - sent : due > sent ? due - sent : 0;
        if (n > BATCH) n = BATCH;
        sent += n;
        if (n) send_syns(sent - n, n);
        drain();
        /* Whoever waits for a first answer must not take the core from what is to give it. */
        if (first) usleep(200);
    }
}

/* Asks held connections, evenly chosen, by a keep-alive probe (RFC 9293 §3.8.4): SEQ one below what is expected. */
static void probe(void) {
    for (uint32_t k = 0, i; k < probes; k++) {
        if (!state[i = (uint64_t)k * count / probes]) continue;
        state[i] = 2;
        send_one(i, ACK, SEQ_BASE + i, iss[i] + 1);
        drain_for(1.0 / rate);
    }
    drain_for(probes ? settle_ms / 1e3 : 0);
}

static void raw(void) {
    open_wire();
    double start = now();
    pace();
    double end = now();
    while (!first && answered < count && now() < end + settle_ms / 1e3) drain();
    probe();
    printf("{\"sent\": %u, \"answered\": %u, \"living\": %u, \"start_at\": %.6f, \"end_at\": %.6f, "
           "\"first_at\": %.6f, \"last_at\": %.6f}\n", sent, answered, living, start, end, first_at, last_at);
}

static void call(int poll, uint32_t n) {
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(src + n % sources)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = dst, .sin_port = htons(port(n / sources))};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct epoll_event e = {.events = get ? EPOLLOUT : EPOLLIN, .data.fd = fd};
    if (fd < 0) die("socket");
    /* The port is chosen by connect, which only needs the 4-tuple to be free: TIME-WAIT is no limit. */
    setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (void *)&from, sizeof from)) die("bind");
    if (connect(fd, (void *)&to, sizeof to) && errno != EINPROGRESS) die("connect");
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
}

/* Asks for the page once the connection is there, then waits for the server's FIN; whether that went. */
static int ask(int poll, int fd) {
    static const char page[] = "GET / HTTP/1.1\r\nHost: 192.0.2.1\r\nConnection: close\r\n\r\n";
    struct epoll_event e = {.events = EPOLLRDHUP, .data.fd = fd};
    return send(fd, page, sizeof page - 1, MSG_NOSIGNAL) == sizeof page - 1 && !epoll_ctl(poll, EPOLL_CTL_MOD, fd, &e);
}

/* A conversation is done when what was read ends a line, a page when the server has closed; it failed if nothing came. */
static void talk(void) {
    struct epoll_event events[256];
    uint32_t done = 0, failed = 0, n = sport * 1000;
    int poll = epoll_create1(0);
    char text[4096];
    double start = now();
    for (uint32_t i = 0; i < slots; i++) call(poll, n++);
    while (now() < start + time_ms / 1e3) {
        for (int k = epoll_wait(poll, events, 256, 10); k-- > 0;) {
            int fd = events[k].data.fd;
            if (events[k].events & EPOLLOUT && ask(poll, fd)) continue;
            ssize_t got = recv(fd, text, sizeof text, 0);
            if (!get && got > 0 && text[got - 1] != '\n') continue;
            got > 0 ? done++ : failed++;
            close(fd);
            call(poll, n++);
        }
    }
    printf("{\"done\": %u, \"failed\": %u, \"start_at\": %.6f, \"end_at\": %.6f}\n", done, failed, start, now());
}

/* Whether there was such a setting. */
static int set(const char *key, char *value) {
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (!strcmp(key, numbers[i].key)) return *numbers[i].number = strtoul(value, NULL, 0), 1;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(key, texts[i].key)) return *texts[i].text = value, 1;
    return 0;
}

int main(int argc, char **argv) {
    for (int i = 2; i < argc; i++) {
        char *value = strchr(argv[i], '=');
        if (value) *value++ = 0;
        if (!value || !set(argv[i], value)) return fprintf(stderr, "load: no such setting: %s\n", argv[i]), 2;
    }
    dst = inet_addr(dst_text);
    src = ntohl(inet_addr(src_text));
    for (int i = 0; i < 6; i++) mac_bytes[i] = strtoul(mac + 3 * i, NULL, 16);
    if (argc > 1 && !strcmp(argv[1], "talk")) return talk(), 0;
    if (argc > 1 && !strcmp(argv[1], "syn")) return raw(), 0;
    if (argc > 1 && !strcmp(argv[1], "hold")) return holding = 1, raw(), 0;
    return fprintf(stderr, "load: say syn, hold or talk\n"), 2;
}
