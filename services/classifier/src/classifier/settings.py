"""The classifier's settings beside those every service has."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, HttpUrl, SecretStr

from chassis.settings import ServiceSettings
from contracts.topology import EMERGENCY_LINES, LINE_ID


class Webhook(BaseModel):
    """Where a line without a queue of its own gets its hand-overs, and the secret they are signed with."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: HttpUrl
    secret: Annotated[SecretStr, Field(min_length=16)]


def _line(value: str) -> str:
    if not re.fullmatch(LINE_ID, value):
        raise ValueError("a line is 3 to 8 digits")
    return value


Line = Annotated[str, AfterValidator(_line)]


class ClassifierSettings(ServiceSettings):
    """``EMERGENCY_LINES``: the jurisdiction's emergency lines.

    ``AMQP_LINES`` read their own queue on the broker, so this service leaves it alone; every other line is served over
    HTTP. ``LINE_WEBHOOKS``: JSON ``{"119": {"url": …, "secret": …}}``. ``CITY_MODELS``: model files of the city's own,
    each in place of the shipped model of its target; ``SHADOW_MODELS`` judge beside them and decide nothing;
    ``TABLES_DIR``: rule tables in place of the shipped ones. A replaced file is read within seconds, without a restart.
    """

    emergency_lines: tuple[Line, ...] = EMERGENCY_LINES
    amqp_lines: tuple[Line, ...] = ()
    line_webhooks: dict[Line, Webhook] = Field(default_factory=dict)
    tables_dir: Path | None = None
    city_models: tuple[Path, ...] = ()
    shadow_models: tuple[Path, ...] = ()
    webhook_seconds: Annotated[float, Field(gt=0, le=30)] = 2.0

    @property
    def served_lines(self) -> tuple[str, ...]:
        """The lines whose queue this service reads; all of them without a broker."""
        own_readers = () if self.amqp_url is None else self.amqp_lines
        return tuple(line for line in self.emergency_lines if line not in own_readers)
