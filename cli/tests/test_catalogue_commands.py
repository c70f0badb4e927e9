"""``hotline catalogue check``: a file is judged without a running platform."""

from pathlib import Path

from typer.testing import CliRunner

from dispatcher.shipped_tables import text_of
from hotline.main import app


def test_the_shipped_catalogue_is_good_and_a_bad_line_is_named(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    text = text_of("dispatch_catalog.toml")
    good.write_text(text, encoding="utf-8")
    bad.write_text(text.replace('unit = "gas-company"', 'unit = "gas-compny"', 1), encoding="utf-8")
    line = text[: text.index('unit = "gas-company"')].count("\n") + 1
    runner = CliRunner()
    assert "nothing wrong" in runner.invoke(app, ["catalogue", "check", str(good)]).output
    refused = runner.invoke(app, ["catalogue", "check", str(bad)])
    assert refused.exit_code == 2
    assert f"line {line}: unit: gas-compny" in " ".join(refused.output.split())
