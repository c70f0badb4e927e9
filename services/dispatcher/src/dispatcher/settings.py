"""The dispatcher's settings beside those every service has."""

from pathlib import Path

from pydantic import field_validator

from chassis.settings import ServiceSettings
from dispatcher.shipped_tables import directory_from


class DispatcherSettings(ServiceSettings):
    """``UNITS_FILE``: the city's own member units in place of the shipped ones, as ``data/units.toml`` is written."""

    units_file: Path | None = None

    @field_validator("units_file")
    @classmethod
    def _good(cls, file: Path | None) -> Path | None:
        directory_from(file)
        return file
