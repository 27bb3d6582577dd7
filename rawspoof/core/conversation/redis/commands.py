"""The commands that a Redis knows, and how many words each wants. redis.io/commands."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_EXACT: Final = """
1: dbsize time multi exec discard randomkey lastsave role unwatch asking readonly readwrite replconf-
2: get ttl pttl type incr decr strlen llen scard hlen zcard hgetall hkeys hvals smembers persist keys select dump
2: getdel echo expiretime pexpiretime move-
3: append decrby incrby incrbyfloat getset rename renamenx setnx hget hexists hstrlen sismember slaveof replicaof
3: rpoplpush move lindex swapdb
4: setex psetex getrange setrange hsetnx hincrby lrange lset lrem ltrim smove substr
"""
_LEAST: Final = """
1: info ping quit auth- command flushall flushdb hello bgsave bgrewriteaof shutdown sync- reset script-
2: auth del exists mget unlink touch config client cluster module script memory slowlog subscribe psubscribe watch
2: object debug acl function latency pubsub sunion sinter sdiff scan spop srandmember lpop rpop xinfo xgroup
3: set expire pexpire expireat pexpireat eval evalsha eval_ro fcall lpush rpush sadd srem hdel hmget mset
3: msetnx zrem blpop brpop sort- hscan sscan zscan publish- bitcount- wait- pfmerge- zscore-
4: hset hmset zadd zrange zrangebyscore xrange bitop linsert- xread georadius-
5: xadd restore-
6: migrate
"""


def _read(table: str, sign: int) -> dict[bytes, int]:
    lines = (line.split() for line in table.strip().splitlines())
    return {name.encode(): sign * int(count[:-1]) for count, *names in lines for name in names if name[-1] != "-"}


ARITY: Final[Mapping[bytes, int]] = MappingProxyType(
    _read(_EXACT, 1)
    | _read(_LEAST, -1)
    | {b"publish": 3, b"wait": 3, b"zscore": 3, b"linsert": 5, b"sync": 1, b"sort": -2, b"bitcount": -2}
    | {b"replconf": -1, b"pfadd": -2, b"georadius": -6, b"restore": -4, b"psync": -3, b"monitor": 1, b"save": 1}
)
"""Words of each command, its name among them; negative: so many at least."""


def fits(name: bytes, words: int) -> bool:
    """Whether a known command can have so many words."""
    arity = ARITY[name]
    return words == arity if arity > 0 else words >= -arity
