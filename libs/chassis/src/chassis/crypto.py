"""Field encryption: one AES-256-GCM data key per caller, wrapped by a master key; blind indexes; sealed contact boxes.

Who destroys the wrapped key destroys the identity: nothing else opens the fields (S0, personal-information law).
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from chassis.private_file import create_private

_NONCE = 12
_KEY = 32
_SEAL = {"alg": "ECDH-ES+A256KW", "enc": "A256GCM"}


class CannotOpen(Exception):
    """A ciphertext does not open: wrong key, wrong context, or altered bytes. Holds nothing of either."""


class IdentityDestroyed(Exception):
    """The caller's data key is gone, so the identity is too."""


def _encrypt(key: bytes, plain: bytes, context: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, context.encode())


def _decrypt(key: bytes, sealed: bytes, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen("the ciphertext does not open") from None


@dataclass(frozen=True, slots=True)
class DataKey:
    """Encrypts the fields of one caller, or of one purpose. ``context`` (caller reference and field name) is bound in:
    a ciphertext moved to another field or caller does not open."""

    _key: bytes = field(repr=False)

    def encrypt(self, plain: str, context: str) -> bytes:
        """Nonce and ciphertext."""
        return _encrypt(self._key, plain.encode(), context)

    def decrypt(self, sealed: bytes, context: str) -> str:
        """The text again. Raises ``CannotOpen``."""
        return self.decrypt_bytes(sealed, context).decode()

    def encrypt_bytes(self, plain: bytes, context: str) -> bytes:
        """As ``encrypt``, for bytes such as a parked message's body."""
        return _encrypt(self._key, plain, context)

    def decrypt_bytes(self, sealed: bytes, context: str) -> bytes:
        """As ``decrypt``, for bytes."""
        return _decrypt(self._key, sealed, context)


@dataclass(frozen=True, slots=True)
class MasterKey:
    """Wraps data keys. Holds older keys too, so that the current one can be changed; the index secret never changes."""

    current: str
    _keys: dict[str, bytes] = field(repr=False)
    _index: bytes = field(repr=False)

    @classmethod
    def load_or_create(cls, path: Path) -> "MasterKey":
        """Read ``path``; create it (mode 0600) when absent. Raises ``ValueError`` naming what is wrong, never a key."""
        fresh = {
            "current": "k1",
            "keys": {"k1": base64.b64encode(secrets.token_bytes(_KEY)).decode()},
            "index": base64.b64encode(secrets.token_bytes(_KEY)).decode(),
        }
        create_private(path, json.dumps(fresh).encode())
        return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> "MasterKey":
        """Read ``path``: JSON ``{current, keys: {id: base64 of 32 bytes}, index}``. Raises ``ValueError``."""
        try:
            raw = json.loads(path.read_bytes())
            keys = {str(name): base64.b64decode(key, validate=True) for name, key in raw["keys"].items()}
            index = base64.b64decode(raw["index"], validate=True)
            current = str(raw["current"])
        except OSError as error:
            raise ValueError(f"the key file cannot be read: {error.strerror}") from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise ValueError("the key file does not have the form {current, keys, index}") from None
        if current not in keys or any(len(key) != _KEY for key in (*keys.values(), index)):
            raise ValueError("the key file lacks its current key or holds one that is not 32 bytes")
        return cls(current, keys, index)

    def new_data_key(self, context: str) -> tuple[DataKey, bytes]:
        """A fresh key for one caller and its wrapped form to store; ``context`` (caller reference) is bound in."""
        key = secrets.token_bytes(_KEY)
        return DataKey(key), self._wrap(key, context)

    def _wrap(self, key: bytes, context: str) -> bytes:
        return self.current.encode() + b":" + _encrypt(self._keys[self.current], key, "data-key:" + context)

    def unwrap(self, wrapped: bytes | None, context: str) -> DataKey:
        """The data key again. Raises ``IdentityDestroyed`` for None, ``CannotOpen`` for anything that does not fit."""
        if wrapped is None:
            raise IdentityDestroyed("the caller's key was destroyed")
        name, _, sealed = wrapped.partition(b":")
        key = self._keys.get(name.decode(errors="replace"))
        if key is None:
            raise CannotOpen("the wrapping key is not in the key file")
        return DataKey(_decrypt(key, sealed, "data-key:" + context))

    def rewrap(self, wrapped: bytes, context: str) -> bytes:
        """The same data key under the current master key."""
        return self._wrap(self.unwrap(wrapped, context)._key, context)

    def purpose_key(self, purpose: str) -> DataKey:
        """A key derived for one purpose of the service itself, such as ``parking``."""
        return DataKey(self._derive("purpose:" + purpose))

    def blind_index(self, value: str, purpose: str) -> str:
        """HMAC-SHA256 of an already normalised ``value``: equal values find each other, nothing leads back."""
        return hmac.new(self._derive("index:" + purpose), value.encode(), hashlib.sha256).hexdigest()

    def _derive(self, info: str) -> bytes:
        return HKDF(algorithm=hashes.SHA256(), length=_KEY, salt=None, info=info.encode()).derive(self._index)


def new_line_key(kid: str) -> dict[str, Any]:
    """A private P-256 JWK for an emergency line; ``public_part`` goes to intake."""
    return dict(ECKey.generate_key("P-256", {"kid": kid, "use": "enc"}).as_dict(private=True))


def public_part(jwk: dict[str, Any]) -> dict[str, Any]:
    """The public half of a JWK."""
    return dict(ECKey.import_key(jwk).as_dict(private=False))


def seal(plain: bytes, public_jwk: dict[str, Any]) -> str:
    """Compact JWE that only the holder of the private key opens (rule 10: the one exception)."""
    return jwe.encrypt_compact(dict(_SEAL), plain, ECKey.import_key(public_jwk))


def unseal(box: str, private_jwk: dict[str, Any]) -> bytes:
    """What was sealed. Raises ``CannotOpen``."""
    try:
        plain = jwe.decrypt_compact(box, ECKey.import_key(private_jwk), algorithms=list(_SEAL.values())).plaintext
    except (JoseError, ValueError, InvalidTag):
        raise CannotOpen("the box does not open with this key") from None
    if plain is None:
        raise CannotOpen("the box is empty")
    return plain
