"""The protection of a PKCS#12 file: key derivation, decryption and integrity (RFC 7292, RFC 8018, RFC 9579)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from functools import partial

from sestriage.errors import ParseError
from sestriage.formats.certs import der
from sestriage.formats.certs.derivation import JAVA_MAX_ITERATIONS, RC2_BLOCK_UNITS, DerivationBudget, of_bytes
from sestriage.formats.certs.rc2 import decrypt_rc2_cbc
from sestriage.model.message import Message

MAX_SALT = 4096

_HASHES = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.6": "sha512_256",
    "1.2.840.113549.2.5": "md5",
}
_HMACS = {
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}
_PBES2, _PBKDF2, _PBMAC1 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12", "1.2.840.113549.1.5.14"


@dataclass(frozen=True, slots=True)
class Cipher:
    """A block cipher in CBC mode, or RC4. `key_bytes` None: the key length comes from the parameters."""

    name: str
    key_bytes: int
    block: int


_PKCS12_CIPHERS = {
    "1.2.840.113549.1.12.1.1": Cipher("rc4", 16, 0),
    "1.2.840.113549.1.12.1.2": Cipher("rc4", 5, 0),
    "1.2.840.113549.1.12.1.3": Cipher("3des", 24, 8),
    "1.2.840.113549.1.12.1.4": Cipher("3des", 16, 8),
    "1.2.840.113549.1.12.1.5": Cipher("rc2", 16, 8),
    "1.2.840.113549.1.12.1.6": Cipher("rc2", 5, 8),
}
"""pbeWithSHAAnd… of RFC 7292 appendix C: the older generations of keytool and of openssl."""
_PBES2_CIPHERS = {
    "2.16.840.1.101.3.4.1.2": Cipher("aes", 16, 16),
    "2.16.840.1.101.3.4.1.22": Cipher("aes", 24, 16),
    "2.16.840.1.101.3.4.1.42": Cipher("aes", 32, 16),
    "1.2.840.113549.3.7": Cipher("3des", 24, 8),
}


class UnsupportedProtectionError(ParseError):
    """An algorithm, or a parameter of one, that is not handled."""


class WrongPasswordError(ParseError):
    """The decryption did not give the plain text: the password is wrong, or the data are damaged."""


def algorithm(data: bytes, at: int, limit: int) -> tuple[str, der.Element | None]:
    """OID and parameters of an AlgorithmIdentifier; raises DerError."""
    whole = der.expect(data, at, limit, der.SEQUENCE)
    parts = der.children(data, whole)
    if not parts or parts[0].tag != der.OID:
        raise der.DerError(Message("an algorithm without a name"), at)
    return der.oid(data, parts[0]), parts[1] if len(parts) > 1 else None


def bmp_forms(password: str) -> tuple[bytes, ...]:
    """The password as RFC 7292 B.1 wants it: UTF-16 with a zero at the end (and nothing at all, for an empty one)."""
    encoded = password.encode("utf-16-be", "surrogatepass") + b"\0\0"
    return (encoded,) if password else (encoded, b"")


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a password becomes a key: by PBKDF2 (`pbkdf2`), else as RFC 7292 appendix B.2 has it."""

    digest: str
    salt: bytes
    iterations: int
    pbkdf2: bool

    def units(self, *lengths: int) -> int:
        """The iterations that keys of so many bytes cost, with one form of one password."""
        size = hashlib.new(self.digest, usedforsecurity=False).digest_size
        return sum(self.iterations * -(-length // size) for length in lengths)

    def forms(self, password: str) -> tuple[bytes, ...]:
        """The password as bytes."""
        return (password.encode("utf-8", "surrogatepass"),) if self.pbkdf2 else bmp_forms(password)

    def key(self, form: bytes, purpose: int, length: int) -> bytes:
        """Key material; `purpose` as in `pkcs12_key`. The caller has paid for it."""
        if self.pbkdf2:
            return hashlib.pbkdf2_hmac(self.digest, form, self.salt, self.iterations, length)
        return pkcs12_key(self.digest, form, self.salt, self.iterations, purpose, length)


@dataclass(frozen=True, slots=True)
class Sealing:
    """How a layer is encrypted. `vector` None: it comes from the password, as the key does."""

    cipher: Cipher
    derivation: Derivation
    vector: bytes | None

    def units(self, size: int) -> int:
        """The iterations that one form of a wrong password costs, for so many encrypted bytes."""
        lengths = [self.cipher.key_bytes]
        if self.vector is None and self.cipher.block:
            lengths.append(self.cipher.block)
        return self.derivation.units(*lengths) + (0 if self.cipher.name == "rc2" else of_bytes(size))

    def units_opened(self, size: int) -> int:
        """The further iterations that the right password costs."""
        return size // 8 * RC2_BLOCK_UNITS if self.cipher.name == "rc2" else 0


def read_sealing(data: bytes, spec: tuple[str, der.Element | None]) -> Sealing:
    """The encryption that an AlgorithmIdentifier names; raises UnsupportedProtectionError, DerError."""
    oid, parameters = spec
    if parameters is None:
        raise UnsupportedProtectionError(Message("encryption {oid} without parameters", oid=oid))
    if oid == _PBES2:
        kdf_at, cipher_at, *_ = der.fields(data, parameters, 2, Message("encryption"))
        cipher, vector = _pbes2_cipher(data, cipher_at)
        return Sealing(cipher, _pbkdf2(data, kdf_at), vector)
    if oid not in _PKCS12_CIPHERS:
        raise UnsupportedProtectionError(Message("encryption {oid} is not supported", oid=oid))
    salt, iterations = _salt_and_count(data, parameters)
    return Sealing(_PKCS12_CIPHERS[oid], Derivation("sha1", salt, iterations, pbkdf2=False), None)


def decrypt(sealing: Sealing, sealed: bytes, password: str, budget: DerivationBudget) -> bytes:
    """The plain text, which is known to be one DER SEQUENCE.

    Raises WrongPasswordError when it is not, DerivationLimitError, UnsupportedProtectionError, DerError.
    """
    cipher, derivation = sealing.cipher, sealing.derivation
    for form in derivation.forms(password):
        budget.spend(sealing.units(len(sealed)))
        key = derivation.key(form, 1, cipher.key_bytes)
        vector = sealing.vector
        if vector is None:
            vector = derivation.key(form, 2, cipher.block) if cipher.block else b""
        try:
            if cipher.name == "rc2":
                _probe_rc2(key, vector, sealed)
                budget.spend(sealing.units_opened(len(sealed)))
            return _plain_sequence(_run(cipher, key, vector, sealed))
        except WrongPasswordError:
            continue
    raise WrongPasswordError(Message("the decryption gives no DER"))


def _salt_and_count(data: bytes, parameters: der.Element) -> tuple[bytes, int]:
    parts = der.fields(data, parameters, 2, Message("key derivation"))
    salt = der.octets(data, parts[0])
    if len(salt) > MAX_SALT:
        raise UnsupportedProtectionError(Message("a salt of {count} bytes", count=len(salt)))
    return salt, _count(data, parts[1])


def _count(data: bytes, part: der.Element) -> int:
    """An iteration count that Java would take; raises UnsupportedProtectionError."""
    iterations = der.integer(data, part)
    if not 0 < iterations <= JAVA_MAX_ITERATIONS:
        raise UnsupportedProtectionError(
            Message("an iteration count that is not from 1 to {most}", most=JAVA_MAX_ITERATIONS)
        )
    return iterations


def _pbes2_cipher(data: bytes, at: der.Element) -> tuple[Cipher, bytes]:
    oid, parameters = algorithm(data, at.at, at.end)
    cipher = _PBES2_CIPHERS.get(oid)
    if cipher is None or parameters is None:
        raise UnsupportedProtectionError(Message("encryption {oid} is not supported", oid=oid))
    vector = der.octets(data, parameters)
    if len(vector) != cipher.block:
        raise der.DerError(Message("an initial vector of a wrong length"), parameters.at)
    return cipher, vector


def _pbkdf2(data: bytes, at: der.Element) -> Derivation:
    oid, parameters = algorithm(data, at.at, at.end)
    if oid != _PBKDF2 or parameters is None:
        raise UnsupportedProtectionError(Message("key derivation {oid} is not supported", oid=oid))
    salt, iterations = _salt_and_count(data, parameters)
    digest = "sha1"
    for part in der.children(data, parameters)[2:]:
        if part.tag == der.SEQUENCE:
            prf = algorithm(data, part.at, part.end)[0]
            if prf not in _HMACS:
                raise UnsupportedProtectionError(Message("pseudo-random function {prf} is not supported", prf=prf))
            digest = _HMACS[prf]
    return Derivation(digest, salt, iterations, pbkdf2=True)


def pkcs12_key(digest: str, password: bytes, salt: bytes, iterations: int, purpose: int, length: int) -> bytes:
    """Key material by RFC 7292 appendix B.2; `purpose` 1 is a key, 2 an initial vector, 3 a MAC key."""
    size = hashlib.new(digest, usedforsecurity=False).digest_size
    block = hashlib.new(digest, usedforsecurity=False).block_size
    diversifier = bytes([purpose]) * block
    hasher = getattr(hashlib, digest, None) or partial(hashlib.new, digest)  # by name it is looked up each time
    state = _stretched(salt, block) + _stretched(password, block)
    result = b""
    while len(result) < length:
        hashed = diversifier + state
        for _ in range(iterations):
            hashed = hasher(hashed, usedforsecurity=False).digest()
        result += hashed
        added = int.from_bytes((hashed * (block // size + 1))[:block]) + 1
        modulus = 1 << 8 * block
        state = b"".join(
            ((int.from_bytes(state[i : i + block]) + added) % modulus).to_bytes(block)
            for i in range(0, len(state), block)
        )
    return result[:length]


def _stretched(value: bytes, block: int) -> bytes:
    if not value:
        return b""
    length = block * -(-len(value) // block)
    return (value * (length // len(value) + 1))[:length]


def _run(cipher: Cipher, key: bytes, vector: bytes, sealed: bytes) -> bytes:
    """Decrypts; raises WrongPasswordError when the padding is none."""
    if cipher.name == "rc4":
        return _library_cipher("ARC4", key, b"", sealed)
    if not sealed or len(sealed) % cipher.block:
        raise der.DerError(Message("{count} encrypted bytes are no whole blocks", count=len(sealed)))
    if cipher.name == "rc2":
        plain = decrypt_rc2_cbc(key, vector, sealed)
    elif cipher.name == "aes":
        plain = _library_cipher("AES", key, vector, sealed)
    else:
        plain = _library_cipher("TripleDES", key + key[:8] if len(key) == 16 else key, vector, sealed)
    return plain[: -_padding(plain, cipher.block)]


def _probe_rc2(key: bytes, vector: bytes, sealed: bytes) -> None:
    """Raises WrongPasswordError when the first or the last block shows already that the key is wrong: all of it would
    take long."""
    if not sealed or len(sealed) % 8:
        raise der.DerError(Message("{count} encrypted bytes are no whole blocks", count=len(sealed)))
    before = sealed[-16:-8] or vector
    _padding(decrypt_rc2_cbc(key, before, sealed[-8:]), 8)
    if decrypt_rc2_cbc(key, vector, sealed[:8])[0] != der.SEQUENCE:
        raise WrongPasswordError(Message("the decryption gives no DER"))


def _padding(plain: bytes, block: int) -> int:
    """Bytes of padding at the end; raises WrongPasswordError when it is none."""
    pad = plain[-1]
    if not 0 < pad <= block or plain[-pad:] != bytes([pad]) * pad:
        raise WrongPasswordError(Message("the decryption gives no padding"))
    return pad


def _library_cipher(name: str, key: bytes, vector: bytes, sealed: bytes) -> bytes:
    import warnings
    from importlib import import_module

    from cryptography.hazmat.primitives.ciphers import Cipher as LibraryCipher
    from cryptography.hazmat.primitives.ciphers import algorithms, modes

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        home = algorithms if name == "AES" else import_module(_home_of_old_ciphers())
        decryptor = LibraryCipher(getattr(home, name)(key), modes.CBC(vector) if vector else None).decryptor()
        return decryptor.update(sealed) + decryptor.finalize()


def _home_of_old_ciphers() -> str:
    """The library's module of outdated ciphers: cryptography moved them in version 43."""
    from importlib.util import find_spec

    moved = "cryptography.hazmat.decrepit.ciphers.algorithms"
    try:
        return moved if find_spec(moved) is not None else "cryptography.hazmat.primitives.ciphers.algorithms"
    except ModuleNotFoundError:
        return "cryptography.hazmat.primitives.ciphers.algorithms"


def _plain_sequence(plain: bytes) -> bytes:
    """The plain text when it is exactly one SEQUENCE: a wrong key gives this by a chance of one in many millions."""
    try:
        outer = der.element(plain)
    except der.DerError:
        raise WrongPasswordError(Message("the decryption gives no DER")) from None
    if outer.tag != der.SEQUENCE or outer.end != len(plain):
        raise WrongPasswordError(Message("the decryption gives no DER"))
    return plain


@dataclass(frozen=True, slots=True)
class Mac:
    """The MacData of a PKCS#12 file, taken apart."""

    digest: str
    expected: bytes
    derivation: Derivation

    @property
    def key_bytes(self) -> int:
        """Length of its key."""
        return hashlib.new(self.digest, usedforsecurity=False).digest_size

    def units(self, size: int) -> int:
        """The iterations that one form of a password costs, for content of so many bytes."""
        return self.derivation.units(self.key_bytes) + of_bytes(size)


def read_mac(data: bytes, part: der.Element) -> Mac:
    """MacData (RFC 7292 section 4); raises DerError, UnsupportedProtectionError."""
    parts = der.fields(data, part, 2, Message("MAC"))
    info = der.fields(data, parts[0], 2, Message("MAC"))
    oid, parameters = algorithm(data, info[0].at, info[0].end)
    expected = der.octets(data, info[1])
    if oid == _PBMAC1 and parameters is not None:
        kdf, mac, *_ = der.fields(data, parameters, 2, Message("MAC"))
        name = algorithm(data, mac.at, mac.end)[0]
        if name not in _HMACS:
            raise UnsupportedProtectionError(Message("MAC {name} is not supported", name=name))
        return Mac(_HMACS[name], expected, _pbkdf2(data, kdf))
    if oid not in _HASHES:
        raise UnsupportedProtectionError(Message("MAC {oid} is not supported", oid=oid))
    salt = der.octets(data, parts[1])
    if len(salt) > MAX_SALT:
        raise UnsupportedProtectionError(Message("a salt of {count} bytes", count=len(salt)))
    iterations = _count(data, parts[2]) if len(parts) > 2 else 1
    return Mac(_HASHES[oid], expected, Derivation(_HASHES[oid], salt, iterations, pbkdf2=False))


def mac_fits(mac: Mac, content: bytes, password: str, budget: DerivationBudget) -> bool:
    """True if the password gives the MAC of the content. Raises DerivationLimitError."""
    for form in mac.derivation.forms(password):
        budget.spend(mac.units(len(content)))
        key = mac.derivation.key(form, 3, mac.key_bytes)
        if hmac.compare_digest(hmac.digest(key, content, mac.digest), mac.expected):
            return True
    return False
