"""The one file that reaches libsecp256k1: the one in coincurve's wheel, or Debian's.

The first half is for secret numbers, which `scalar.SecretScalar` holds, and nobody else hands over: its calls take the
same time for every secret (`ec_pubkey_create`, `ec_seckey_tweak_add`, `ec_seckey_tweak_mul`, `ec_seckey_negate`, `ecdh`
and `schnorrsig_sign32`). The second half is for public points and numbers only: `ec_pubkey_tweak_mul` and
`ec_pubkey_combine` take longer for some than for others.

A point is 33 bytes, compressed; the identity is None, since it cannot be written. A public number is an int.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NewType

from verifier.errors.frost import CurveMissing, PointMalformed, ScalarMalformed

Point = NewType("Point", bytes)
"""A point of the curve that is not the identity, 33 bytes compressed."""

ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

BACKENDS: Final = ("coincurve", "debian")
"""The first that is there is used."""

_SONAMES: Final = ("libsecp256k1.so.2", "libsecp256k1.so.1", "libsecp256k1.so.5")
_DECLARATIONS: Final = """
typedef struct { unsigned char data[64]; } secp256k1_pubkey;
typedef struct { unsigned char data[64]; } secp256k1_xonly_pubkey;
typedef struct { unsigned char data[96]; } secp256k1_keypair;
typedef struct secp256k1_context_struct secp256k1_context;
secp256k1_context *secp256k1_context_create(unsigned int);
int secp256k1_context_randomize(secp256k1_context *, const unsigned char *);
int secp256k1_ec_seckey_verify(const secp256k1_context *, const unsigned char *);
int secp256k1_ec_seckey_negate(const secp256k1_context *, unsigned char *);
int secp256k1_ec_seckey_tweak_add(const secp256k1_context *, unsigned char *, const unsigned char *);
int secp256k1_ec_seckey_tweak_mul(const secp256k1_context *, unsigned char *, const unsigned char *);
int secp256k1_ec_pubkey_create(const secp256k1_context *, secp256k1_pubkey *, const unsigned char *);
int secp256k1_ec_pubkey_parse(const secp256k1_context *, secp256k1_pubkey *, const unsigned char *, size_t);
int secp256k1_ec_pubkey_serialize(const secp256k1_context *, unsigned char *, size_t *, const secp256k1_pubkey *,
  unsigned int);
int secp256k1_ec_pubkey_tweak_mul(const secp256k1_context *, secp256k1_pubkey *, const unsigned char *);
int secp256k1_ec_pubkey_combine(const secp256k1_context *, secp256k1_pubkey *, const secp256k1_pubkey * const *,
  size_t);
int secp256k1_ecdh(const secp256k1_context *, unsigned char *, const secp256k1_pubkey *, const unsigned char *, void *,
  void *);
int secp256k1_keypair_create(const secp256k1_context *, secp256k1_keypair *, const unsigned char *);
int secp256k1_xonly_pubkey_parse(const secp256k1_context *, secp256k1_xonly_pubkey *, const unsigned char *);
int secp256k1_schnorrsig_sign32(const secp256k1_context *, unsigned char *, const unsigned char *,
  const secp256k1_keypair *, const unsigned char *);
int secp256k1_schnorrsig_verify(const secp256k1_context *, const unsigned char *, const unsigned char *, size_t,
  const secp256k1_xonly_pubkey *);
"""
_NO_FLAGS: Final = 1  # SECP256K1_CONTEXT_NONE
_COMPRESSED: Final = 258  # SECP256K1_EC_COMPRESSED


class _Library:
    """One libsecp256k1, by whatever it was loaded, with a context of our own."""

    __slots__ = ("context", "ffi", "lib", "name", "size")

    def __init__(self, name: str, ffi: Any, lib: Any) -> None:
        self.name, self.ffi, self.lib = name, ffi, lib
        self.context = lib.secp256k1_context_create(_NO_FLAGS)
        self.size = ffi.new("size_t *")

    def parse(self, point: bytes) -> Any:
        """:raises PointMalformed: the bytes are not those of a point."""
        key = self.ffi.new("secp256k1_pubkey *")
        if len(point) != 33 or not self.lib.secp256k1_ec_pubkey_parse(self.context, key, point, 33):
            raise PointMalformed(what="What should be a point")
        return key

    def write(self, key: Any) -> Point:
        written = self.ffi.new("unsigned char[33]")
        self.size[0] = 33
        self.lib.secp256k1_ec_pubkey_serialize(self.context, written, self.size, key, _COMPRESSED)
        return Point(bytes(written))

    def at(self, held: bytes | bytearray) -> Any:
        """Return where the bytes are, so that the library works in their place."""
        return self.ffi.from_buffer("unsigned char[]", held)

    def combine(self, keys: Sequence[Any]) -> Any | None:
        """Return the sum of parsed points; None where it is the identity."""
        total = self.ffi.new("secp256k1_pubkey *")
        pointers = self.ffi.new("secp256k1_pubkey *[]", keys)
        return (
            total if self.lib.secp256k1_ec_pubkey_combine(self.context, total, pointers, len(keys)) else None
        )


def _load(name: str) -> _Library:
    """:raises CurveMissing: it is not there."""
    try:
        if name == "coincurve":
            from coincurve._libsecp256k1 import ffi, lib

            return _Library(name, ffi, lib)
        from cffi import FFI
    except ImportError as exc:
        raise CurveMissing from exc
    declared = FFI()
    declared.cdef(_DECLARATIONS)
    for soname in _SONAMES:
        try:
            return _Library(name, declared, declared.dlopen(soname))
        except OSError:
            continue
    raise CurveMissing


_loaded: Final[dict[str, _Library]] = {}
_chosen: Final[list[str]] = []


def _library() -> _Library:
    """:raises CurveMissing: there is none."""
    if not _chosen:
        _chosen.append(_first_there())
    return _loaded[_chosen[-1]]


def _first_there() -> str:
    for name in BACKENDS:
        try:
            _loaded[name] = _load(name)
        except CurveMissing:
            continue
        return name
    raise CurveMissing


def backend() -> str:
    """Return which of BACKENDS is in use.

    :raises CurveMissing: neither is there.
    """
    return _library().name


@contextmanager
def using(name: str) -> Iterator[None]:
    """Use one of BACKENDS within a block.

    :raises CurveMissing: it is not there.
    """
    if name not in _loaded:
        _loaded[name] = _load(name)
    _chosen.append(name)
    try:
        yield
    finally:
        _chosen.pop()


def blind(dice: bytes) -> None:
    """Give the library 32 bytes of dice, by which it hides better what it works with.

    Good to do at every start, before anything else uses the library: not while another thread does.
    """
    library = _library()
    if len(dice) != 32:
        raise ValueError("32 bytes of dice are wanted")
    library.lib.secp256k1_context_randomize(library.context, dice)


def is_secret(held: bytearray) -> bool:
    """Whether 32 bytes are a number from 1 to ORDER - 1."""
    library = _library()
    return bool(len(held) == 32 and library.lib.secp256k1_ec_seckey_verify(library.context, library.at(held)))


def secret_add(held: bytearray, other: bytes | bytearray) -> None:
    """Add to a secret number, in its place.

    :raises ScalarMalformed: the sum is zero, or one of the two is no secret number.
    """
    library = _library()
    if not library.lib.secp256k1_ec_seckey_tweak_add(library.context, library.at(held), library.at(other)):
        raise ScalarMalformed(what="A sum of secret numbers")


def secret_multiply(held: bytearray, other: bytes | bytearray) -> None:
    """Multiply a secret number, in its place.

    :raises ScalarMalformed: the product is zero, or one of the two is no secret number.
    """
    library = _library()
    if not library.lib.secp256k1_ec_seckey_tweak_mul(library.context, library.at(held), library.at(other)):
        raise ScalarMalformed(what="A product of secret numbers")


def secret_negate(held: bytearray) -> None:
    """Take a secret number from the order, in its place."""
    library = _library()
    if not library.lib.secp256k1_ec_seckey_negate(library.context, library.at(held)):
        raise ScalarMalformed(what="A secret number")


def secret_point(held: bytearray) -> Point:
    """Return a secret number times the generator.

    :raises ScalarMalformed: it is none.
    """
    library = _library()
    key = library.ffi.new("secp256k1_pubkey *")
    if not library.lib.secp256k1_ec_pubkey_create(library.context, key, library.at(held)):
        raise ScalarMalformed(what="A secret number")
    return library.write(key)


def secret_agree(held: bytearray, point: Point) -> bytes:
    """Return the hash, 32 bytes, of a secret number times another's point.

    :raises PointMalformed: it is no point.
    :raises ScalarMalformed: the number is none.
    """
    library = _library()
    agreed, null = library.ffi.new("unsigned char[32]"), library.ffi.NULL
    key = library.parse(point)
    if not library.lib.secp256k1_ecdh(library.context, agreed, key, library.at(held), null, null):
        raise ScalarMalformed(what="A secret number")
    return bytes(agreed)


def secret_sign(held: bytearray, digest: bytes) -> bytes:
    """Return 64 bytes: the signature of 32 bytes by BIP-340, the same for the same digest.

    :raises ScalarMalformed: the number is none.
    """
    library = _library()
    pair, signature = library.ffi.new("secp256k1_keypair *"), library.ffi.new("unsigned char[64]")
    if len(digest) != 32:
        raise ValueError("a digest of 32 bytes is signed")
    if not library.lib.secp256k1_keypair_create(library.context, pair, library.at(held)):
        raise ScalarMalformed(what="A secret number")
    library.lib.secp256k1_schnorrsig_sign32(library.context, signature, digest, pair, library.ffi.NULL)
    library.ffi.memmove(pair, bytes(96), 96)
    return bytes(signature)


def to_bytes(number: int) -> bytes:
    """Return a public number as RFC 9591 writes it: 32 bytes, modulo the order."""
    return (number % ORDER).to_bytes(32, "big")


def read_scalar(written: bytes) -> int:
    """Return a public number from 32 bytes.

    :raises ScalarMalformed: it is not below the order.
    """
    number = int.from_bytes(written, "big")
    if len(written) != 32 or number >= ORDER:
        raise ScalarMalformed(what="A number")
    return number


def read_point(written: bytes) -> Point:
    """Return a point from 33 bytes.

    :raises PointMalformed: it is none.
    """
    _library().parse(written)
    return Point(written)


def is_point(written: bytes) -> bool:
    try:
        read_point(written)
    except PointMalformed:
        return False
    return True


def add(points: Sequence[Point]) -> Point | None:
    """Return the sum of public points; None where it is the identity."""
    library = _library()
    total = library.combine([library.parse(point) for point in points]) if points else None
    return None if total is None else library.write(total)


def add_products(terms: Sequence[tuple[int, Point]]) -> Point | None:
    """Return the sum of public points, each times a public number; None where it is the identity."""
    library, products = _library(), []
    for factor, point in terms:
        key = library.parse(point)
        if factor % ORDER == 0:
            continue
        if factor != 1:
            library.lib.secp256k1_ec_pubkey_tweak_mul(library.context, key, to_bytes(factor))
        products.append(key)
    total = library.combine(products) if products else None
    return None if total is None else library.write(total)


def times_generator(number: int) -> Point | None:
    """Return a public number times the generator; None for zero."""
    return None if number % ORDER == 0 else secret_point(bytearray(to_bytes(number)))


def is_signed(key: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether 64 bytes are the signature of 32 bytes by BIP-340; the key is an abscissa, 32 bytes. Nothing raises."""
    library = _library()
    known = library.ffi.new("secp256k1_xonly_pubkey *")
    if len(key) != 32 or len(digest) != 32 or len(signature) != 64:
        return False
    if not library.lib.secp256k1_xonly_pubkey_parse(library.context, known, key):
        return False
    return bool(library.lib.secp256k1_schnorrsig_verify(library.context, signature, digest, 32, known))
