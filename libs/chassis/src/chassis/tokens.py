"""Reads tokens: who calls, in which roles, proven by signature, issuer, audience and expiry."""

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contracts.words import Role

ALGORITHMS = ("Ed25519", "RS256", "ES256")
"""Signatures that are believed. EdDSA (the older name of Ed25519, RFC 9864) is not offered by new issuers."""

_MAX_TOKEN = 8_192
_LEEWAY = 30
_REFRESH_AFTER = 300.0
_RETRY_AFTER = 10.0


class NotAuthenticated(Exception):
    """The token does not prove anything; the text says why in our words and holds nothing of the token."""


class KeysUnavailable(Exception):
    """The issuer's public keys cannot be had right now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who calls. ``unit`` for a member unit's people, ``line`` for an emergency line's, ``area`` where scoped."""

    user: str
    roles: frozenset[Role]
    unit: str | None = None
    line: str | None = None
    area: str | None = None

    def is_any(self, *roles: Role) -> bool:
        """Whether one of ``roles`` is held."""
        return not self.roles.isdisjoint(roles)


class KeySource(Protocol):
    """Where public keys come from."""

    async def keys(self, fresh: bool = False) -> KeySet:
        """The keys; ``fresh`` asks to look again (an unknown key id). Raises ``KeysUnavailable``."""
        ...


class KeyFile:
    """A JWKS file, read again when it changes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._keys: KeySet | None = None

    async def keys(self, fresh: bool = False) -> KeySet:
        """The file's keys."""
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if self._keys is None or stamp != self._stamp:
                self._keys = KeySet.import_key_set(json.loads(self._path.read_bytes()))
                self._stamp = stamp
        except (OSError, ValueError, KeyError, TypeError, JoseError):
            raise KeysUnavailable("the key set file cannot be read") from None
        return self._keys


class KeyUrl:
    """A JWKS address, asked every 5 min, on unknown keys after 10 s already; old keys outlive an outage."""

    def __init__(self, url: str, client: httpx.AsyncClient | None = None) -> None:
        self._url = url
        self._client = client
        self._keys: KeySet | None = None
        self._asked = float("-inf")
        self._lock = asyncio.Lock()

    async def keys(self, fresh: bool = False) -> KeySet:
        """The issuer's keys."""
        async with self._lock:
            age = time.monotonic() - self._asked
            if age > (_RETRY_AFTER if fresh or self._keys is None else _REFRESH_AFTER):
                self._asked = time.monotonic()
                self._keys = await self._fetch() or self._keys
            if self._keys is None:
                raise KeysUnavailable("the issuer's keys cannot be fetched")
            return self._keys

    async def _fetch(self) -> KeySet | None:
        try:
            if self._client is not None:
                response = await self._client.get(self._url, timeout=3)
            else:
                async with httpx.AsyncClient() as client:
                    response = await client.get(self._url, timeout=3)
            response.raise_for_status()
            return KeySet.import_key_set(response.json())
        except (httpx.HTTPError, ValueError, KeyError, TypeError, JoseError):
            return None


_MAX_SEEN = 2_000


class TokenVerifier:
    """Turns a token into a ``Principal`` or refuses it."""

    def __init__(self, keys: KeySource, issuer: str, audience: str) -> None:
        self._keys = keys
        self._signed: dict[str, tuple[KeySet, dict[str, Any]]] = {}
        self._claims = jwt.JWTClaimsRegistry(
            leeway=_LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    async def verify(self, token: str) -> Principal:
        """Who holds ``token``. Raises ``NotAuthenticated`` or ``KeysUnavailable``."""
        if len(token) > _MAX_TOKEN:
            raise NotAuthenticated("the token is too long")
        claims = await self._signed_claims(token)
        try:
            self._claims.validate(claims)
        except JoseError as error:
            raise NotAuthenticated(_why(error)) from None
        except (ValueError, TypeError):
            raise NotAuthenticated("the token's claims are not valid") from None
        return _principal(claims)

    async def _signed_claims(self, token: str) -> dict[str, Any]:
        keys = await self._keys.keys()
        seen = self._signed.get(token)
        if seen is not None and seen[0] is keys:
            return seen[1]
        try:
            kid = jws.extract_compact(token.encode()).headers().get("kid")
            known = {key.kid for key in keys.keys}
        except (JoseError, ValueError, TypeError, AttributeError):
            raise NotAuthenticated("the token is not a signed token") from None
        if kid is not None and kid not in known:
            keys = await self._keys.keys(fresh=True)
        try:
            claims = dict(jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise NotAuthenticated("the token's signature is not valid") from None
        # The signature is checked once per token and set of keys; its claims, the expiry among them, at every request.
        if len(self._signed) >= _MAX_SEEN:
            self._signed.pop(next(iter(self._signed)))
        self._signed[token] = (keys, claims)
        return claims


def _why(error: JoseError) -> str:
    if error.error == "expired_token":
        return "the token has expired"
    return "the token is for another issuer or audience, or lacks a claim"


def _principal(claims: dict[str, Any]) -> Principal:
    raw = claims.get("roles")
    known = {str(role) for role in Role}
    roles = frozenset(Role(name) for name in raw if name in known) if isinstance(raw, list) else frozenset[Role]()
    texts = {name: value for name in ("unit", "line", "area") if isinstance(value := claims.get(name), str) and value}
    user = claims["sub"]
    if not isinstance(user, str) or not 0 < len(user) <= 200:
        raise NotAuthenticated("the token names no user")
    return Principal(user=user, roles=roles, **texts)
