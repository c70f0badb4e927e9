"""Settings from the environment: one class per service over a shared base, and clear words when one is wrong."""

import sys
from pathlib import Path
from typing import Annotated, Literal, NoReturn, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

AreaCode = Annotated[str, StringConstraints(pattern=r"^[1-9]\d{5}$")]
"""Six digits of GB/T 2260; the first part of every public number."""

S = TypeVar("S", bound="ServiceSettings")


def _address(*schemes: str) -> AfterValidator:
    """An address with one of these schemes and a host; the value is never repeated."""

    def check(value: SecretStr) -> SecretStr:
        try:
            parts = urlsplit(value.get_secret_value())
            fits = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            # A list of hosts (mongodb://a:1,b:2/) has no single port that could be read.
            fits = parts.scheme in schemes and "," in parts.netloc
        if not fits:
            raise ValueError(f"must be {schemes[0]}://USER:PASSWORD@HOST:PORT/… ({' or '.join(schemes)})")
        return value

    return AfterValidator(check)


class ServiceSettings(BaseSettings):
    """What every service can be told. Environment names are the field names in capitals, without a prefix.

    ``AMQP_URL`` and ``MONGO_URL`` absent mean the embedded parts. Addresses may hold passwords, so they are secrets and
    hidden in every text form of this object.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True, env_ignore_empty=True)

    amqp_url: Annotated[SecretStr, _address("amqp", "amqps")] | None = None
    mongo_url: Annotated[SecretStr, _address("mongodb", "mongodb+srv")] | None = None
    data_dir: Path = Path("hotline-data")
    jurisdiction: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{2,40}$")] = "410400"
    area_code: AreaCode = "410400"
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    auth_issuer: str = "hotline-development"
    auth_audience: str = "hotline12345"
    auth_jwks_file: Path | None = None
    auth_jwks_url: str | None = None
    key_file: Path | None = None
    declare_topology: bool = True
    database_prefix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,30}$")] = "hotline"
    http_ordinary_slots: Annotated[int, Field(ge=1)] = 200
    http_reserved_slots: Annotated[int, Field(ge=1)] = 50
    public_appeals_an_hour: Annotated[int, Field(ge=1)] = 60
    public_uploads_an_hour: Annotated[int, Field(ge=1)] = 12
    otel_exporter_otlp_endpoint: Annotated[str, StringConstraints(pattern=r"^https?://[^/]+")] | None = None

    @model_validator(mode="after")
    def _one_source_of_keys(self) -> "ServiceSettings":
        if self.auth_jwks_file is not None and self.auth_jwks_url is not None:
            raise ValueError("AUTH_JWKS_FILE and AUTH_JWKS_URL exclude each other")
        return self

    @property
    def embedded(self) -> bool:
        """Whether broker and store are the built-in ones."""
        return self.amqp_url is None and self.mongo_url is None

    @property
    def master_key_file(self) -> Path:
        """Where the master key is: ``KEY_FILE``, else in the data folder."""
        return self.key_file or self.data_dir / "keys" / "master.json"


def problems_of(error: ValidationError) -> tuple[str, ...]:
    """One line per wrong setting: its environment name and what is expected, never the value."""
    lines: list[str] = []
    for entry in error.errors(include_input=False, include_url=False, include_context=False):
        name = "_".join(str(part) for part in entry["loc"]).upper() or "settings"
        lines.append(f"{name}: {entry['msg'].removeprefix('Value error, ')}")
    return tuple(lines)


def refuse(lines: tuple[str, ...]) -> NoReturn:
    """Print the lines to standard error and leave with status 2."""
    for line in lines:
        print(f"configuration error: {line}", file=sys.stderr)
    raise SystemExit(2)


def load(settings: type[S], **overrides: object) -> S:
    """Read ``settings`` from the environment; ``overrides`` (command-line options) win.

    Raises ``SystemExit(2)`` after one line per wrong field on standard error.
    """
    try:
        return settings(**overrides)  # type: ignore[arg-type] # pydantic checks them, not mypy
    except ValidationError as error:
        refuse(problems_of(error))
