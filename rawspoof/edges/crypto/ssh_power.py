"""Powers of large numbers by OpenSSL's own arithmetic, which other threads need not wait for.

Python's `pow` and the cryptography package hold the interpreter while they calculate; a call through ctypes does not.
OpenSSL is the one that Python itself is linked with; without it `pow` does the same more slowly, and holds.
"""

import ctypes
from collections.abc import Callable
from ctypes import c_char_p, c_int, c_void_p

Power = Callable[[int, int, int], int]


def _openssl() -> Power | None:
    """BN_mod_exp as a function, None where there is no such library."""
    for name in ("libcrypto.so.3", "libcrypto.so.1.1"):
        try:
            lib = ctypes.CDLL(name)
        except OSError:
            continue
        return _power(lib)
    return None


def _power(lib: ctypes.CDLL) -> Power:
    number, text = c_void_p, c_char_p
    lib.BN_CTX_new.restype = lib.BN_bin2bn.restype = c_void_p
    lib.BN_CTX_free.argtypes = lib.BN_clear_free.argtypes = [c_void_p]
    lib.BN_bin2bn.argtypes = [text, c_int, number]
    lib.BN_bn2bin.argtypes = [number, text]
    lib.BN_mod_exp.argtypes = [number] * 4 + [c_void_p]

    def power(base: int, exponent: int, modulus: int) -> int:
        """base ** exponent % modulus, for numbers that are not negative and a modulus above 0."""
        size = (modulus.bit_length() + 7) // 8
        context = lib.BN_CTX_new()
        numbers = [_number(lib, value) for value in (0, base, exponent, modulus)]
        try:
            if not lib.BN_mod_exp(*numbers, context):
                raise MemoryError
            out = ctypes.create_string_buffer(size)
            used = lib.BN_bn2bin(numbers[0], out)
            return int.from_bytes(out.raw[:used])
        finally:
            for number in numbers:
                lib.BN_clear_free(number)
            lib.BN_CTX_free(context)

    return power


def _number(lib: ctypes.CDLL, value: int) -> int:
    data = value.to_bytes((value.bit_length() + 7) // 8)
    return int(lib.BN_bin2bn(data, len(data), None))


power: Power = _openssl() or pow
