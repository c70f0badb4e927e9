"""A city's own member units in place of the shipped ones, and one clear line when its file is not good."""

from importlib.resources import files
from pathlib import Path

import pytest

from chassis.settings import load
from dispatcher.settings import DispatcherSettings
from dispatcher.shipped_tables import directory, directory_from

SHIPPED = files("dispatcher").joinpath("data", "units.toml").read_text(encoding="utf-8")
ONE_MORE = """
[[unit]]
id = "seaport-office"
zh = "港务局"
en = "Seaport Office"
phone = "0375-2600999"
duty_phone = "0375-2700999"
transport = "amqp"
"""


def test_a_city_s_own_units_stand_in_place_of_the_shipped_ones(tmp_path: Path) -> None:
    file = tmp_path / "units.toml"
    file.write_text(SHIPPED + ONE_MORE, encoding="utf-8")
    assert {"seaport-office"} == set(directory_from(file).units) - set(directory().units)
    assert file == load(DispatcherSettings, units_file=file).units_file


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHIPPED.replace('transport = "amqp"', 'transport = "pigeon"', 1), "unit.0.transport"),
        (SHIPPED + ONE_MORE + ONE_MORE, "listed twice"),
        ('version = "1"\nunit = []\n', "needed and missing: "),
        ("version = ", "Invalid value"),
    ],
)
def test_a_file_that_is_not_good_stops_the_start_with_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    file = tmp_path / "units.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        load(DispatcherSettings, units_file=file)
    line = capsys.readouterr().err.strip()
    assert line.startswith("configuration error: UNITS_FILE: ")
    assert said in line
    assert "\n" not in line


def test_a_file_that_is_not_there_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load(DispatcherSettings, units_file=Path("/nowhere/units.toml"))
    assert "UNITS_FILE: cannot be read: No such file or directory" in capsys.readouterr().err
