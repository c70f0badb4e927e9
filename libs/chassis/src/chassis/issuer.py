"""The development issuer: signs tokens with its own key. Production uses an identity provider."""

import json
import secrets
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from chassis.private_file import create_private
from contracts.words import Role

ALGORITHM = "Ed25519"


class DevelopmentIssuer:
    """Makes its Ed25519 key (mode 0600) on first use and keeps the public half beside it as ``jwks.json``."""

    def __init__(self, data_dir: Path, issuer: str = "hotline-development", audience: str = "hotline12345") -> None:
        self._issuer = issuer
        self._audience = audience
        folder = data_dir / "issuer"
        private = folder / "private.json"
        fresh = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(8), "use": "sig", "alg": ALGORITHM})
        create_private(private, json.dumps(fresh.as_dict(private=True)).encode())
        self._key = OKPKey.import_key(json.loads(private.read_bytes()))
        self.jwks_file = folder / "jwks.json"
        create_private(self.jwks_file, json.dumps({"keys": [self._key.as_dict(private=False)]}).encode())

    def issue(
        self,
        roles: Role | Iterable[Role],
        unit: str | None = None,
        line: str | None = None,
        user: str | None = None,
        area: str | None = None,
        hours: float = 12,
    ) -> str:
        """A signed token for ``user`` (default: named after the first role), good for ``hours`` from now.

        Raises ``ValueError`` when there is no role, or a unit or line role lacks its unit or line.
        """
        names = [str(roles)] if isinstance(roles, Role) else sorted(str(role) for role in roles)
        if not names:
            raise ValueError("a token needs at least one role")
        if unit is None and {Role.UNIT_HANDLER, Role.UNIT_HEAD} & set(names):
            raise ValueError("a unit role needs a unit")
        if line is None and Role.LINE_OPERATOR in names:
            raise ValueError("a line operator needs a line")
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": user or f"{names[0]}{'@' + (unit or line or '') if unit or line else ''}",
            "iat": now,
            "nbf": now,
            "exp": now + int(hours * 3600),
            "jti": secrets.token_hex(8),
            "roles": names,
        }
        for name, value in (("unit", unit), ("line", line), ("area", area)):
            if value is not None:
                claims[name] = value
        header = {"alg": ALGORITHM, "kid": self._key.kid}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])
