"""The secrets a process needs before it opens its doors, or one clear line for each that is missing."""

from pathlib import Path

from chassis.crypto import MasterKey
from chassis.settings import ServiceSettings, refuse
from chassis.tokens import TokenVerifier
from chassis.web import verifier_of

_MAKE = "mount the secret there, or make one with `hotline config new-key FILE`"


def load_secrets(settings: ServiceSettings) -> tuple[MasterKey, TokenVerifier]:
    """The master key and the verifier of tokens. Raises ``SystemExit(2)`` after one line per secret that is missing.

    A key file that was named must be there: a fresh key in its place could open nothing that was written before. The
    one in the data folder is made at the first start.
    """
    lines: list[str] = []
    if settings.key_file is not None and not settings.key_file.is_file():
        lines.append(f"KEY_FILE: there is no such file; {_MAKE}")
    if settings.auth_jwks_file is not None and not settings.auth_jwks_file.is_file():
        lines.append("AUTH_JWKS_FILE: there is no such file; put the issuer's public keys (JWKS) there")
    if lines:
        refuse(tuple(lines))
    named = "KEY_FILE" if settings.key_file is not None else "DATA_DIR"
    try:
        return MasterKey.load_or_create(settings.master_key_file), verifier_of(settings)
    except OSError as error:
        # Never the path of a file that somebody else may read; the setting's name leads there.
        refuse((f"{named}: {error.strerror or type(error).__name__}; give the process a folder that it may write to",))
    except ValueError as error:
        refuse((f"{named}: {error}; restore it from its backup",))


def new_key(path: Path) -> None:
    """Make a master key at ``path``. Raises ``FileExistsError``: a key is never replaced."""
    if path.exists():
        raise FileExistsError("there is a file already; a key is never replaced")
    MasterKey.load_or_create(path)
