"""Small files in the formats of nmap and portspoof, written for these tests."""

PROBES = r"""# a comment
Exclude T:9100

Probe TCP NULL q||
totalwaitms 6000
match ssh m|^SSH-([\d.]+)-Foossh_([\w._-]+)\r\n| p/Foo ssh/ v/$2/ i/protocol $1/ o/Linux/ cpe:/a:foo:ssh:$2/
match ftp m/^220 ([-.\w]+) Foo ftpd (\d[.\d]*) ready\r\n/i p/Foo ftpd/ v/$2/ h/$1/ o/Windows/
match ftp m|^220 [-.\w]+ foo ftpd \d ready\r\n|i p/shadowed by the line before/
softmatch ftp m|^220 ([-.\w]+) [^\r\n]*ftp|i h/$1/
match telnet m|^\xff\xfb\x01Kojoney\r\n$| p/Kojoney SSH honeypot/

Probe TCP GenericLines q|\r\n\r\n|
rarity 1
ports 21,7000-7002
match foo m%^ERR ([\w ]+)\r\n% p/Foo $1/ v/$SUBST(1," ","_")/

Probe TCP GetRequest q|GET / HTTP/1.0\r\n\r\n|
rarity 1
ports 80
sslports 443
match http m|^HTTP/1\.[01] \d\d\d (?:[^\r\n]*\r\n(?!\r\n))*?Server: Foo/([\d.]+)\r\n|s p/Foo httpd/ v/$1/
match http m|^HTTP/1\.0 401 .*\r\nWWW-Authenticate: Basic realm="Foo (\w+)"|s p/Foo $1 router/ cpe:/o:foo:os:1/a
match ssl m|^\x15\x03\x01| p/Foo TLS/

Probe TCP Rare q|\x01\x02rare\0|
rarity 9
ports 9999
fallback GetRequest
match rare m|^\x01(.)\0OK| p/Rare/ i/$I(1,">")/

Probe TCP Nowhere q|?|
rarity 9
match never m|^!| p/Never/

Probe UDP Snmp q|x|
match snmp m|^y| p/UDP/
"""

BROKEN = r"""match early m|^x| p/X/
Probe TCP NULL q||
match a m|^[b| p/unclosed class/
match b m|^(b+)c| p/B/ v/$1/
match c m|^d| q/odd/
nonsense 1
rarity many
ports 5-1
match explodes m|^(a*)*{9999}|
match never m|^(?!x)x| p/Never/
match long m|^a{65535}b{9}| p/Long/
match empty m|^$| p/Nothing/
"""

SIGNATURES = (
    b"SSH-2\\.0-Foossh_([\\w._-]+)\\r\\n\r\n"
    b"\n"
    b"220 ([-.\\w]+) ESMTP Foo (\\d[.\\w]*)\\r\\n\n"
    b"HTTP/1\\.[01] \\d\\d\\d .*\\r\\nServer: Foo/([\\d.]+)\\r\\n\n"
    b"# \\d+ is no comment\n"
    b"\\x01\\0foo(?:bar|baz)[^\\0]{4}\n"
    b"broken ([a-z\n"
    b"^" + b"x" * 3000 + b"$\n"
)

CONF = r"""
# a comment
22 "SSH-2.0-Foossh_8.9p1\r\n"
80-82 "HTTP/1.1 200 OK\r\nServer: foo/[\d]+.[\d]+\r\n\r\n"
  # indented
7 "say "more" twice"
81 "+ADw-$(x)|{y}? \x22quoted\x22 [\w]+"
"""
