"""``hotline classify``, ``train`` and ``evaluate`` on small files, with no service running."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotline.classify_commands import COLUMNS, app

RUN = CliRunner()
TEXTS = ["我家楼下着火了", "请问身份证怎么补办", "举报楼顶违章搭建", "", '带引号"和,逗号\n还有换行']


def write(path: Path, names: list[str], rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_every_row_comes_back_in_order_with_its_text_unchanged(tmp_path: Path, encoding: str) -> None:
    source = write(
        tmp_path / "in.csv", ["id", "text", "type"], [[str(n), t, "?"] for n, t in enumerate(TEXTS)], encoding
    )
    result = RUN.invoke(app, ["classify", "--in", str(source), "--out", str(tmp_path / "out.csv")])
    rows = read(tmp_path / "out.csv")
    assert 0 == result.exit_code, result.output
    assert TEXTS == [row["text"] for row in rows]
    assert [str(number) for number in range(len(TEXTS))] == [row["id"] for row in rows]
    assert set(COLUMNS) <= set(rows[0])
    assert ("119", "Y", "INQUIRY", "REPORT") == (
        rows[0]["emergency"],
        rows[0]["hazard"],
        rows[1]["type"],
        rows[2]["type"],
    )


def test_a_file_without_the_column_is_refused_with_its_reason(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", ["words"], [["停水"]])
    result = RUN.invoke(app, ["classify", "--in", str(source), "--out", str(tmp_path / "out.csv")])
    assert 2 == result.exit_code


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "is empty"),
        ("text,text\n停水,停电\n", "has twice the column text"),
        ("text\n" + "水" * 10_000_001, "line 1"),
    ],
    ids=["empty", "a column twice", "a field too large"],
)
def test_a_table_that_cannot_be_read_is_refused_with_its_reason(tmp_path: Path, content: str, told: str) -> None:
    (tmp_path / "in.csv").write_text(content, encoding="utf-8")
    result = RUN.invoke(app, ["classify", "--in", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv")])
    assert (2, True) == (result.exit_code, told in " ".join(result.output.split()))


@pytest.mark.parametrize("command", ["classify", "train"])
def test_a_file_that_is_not_utf8_is_refused_with_its_reason(tmp_path: Path, command: str) -> None:
    source = write(tmp_path / "in.csv", ["text", "label"], [["小区停水", "水务"]], "gb18030")
    more = {
        "classify": ["--in", str(source), "--out", str(tmp_path / "out.csv")],
        "train": ["--data", str(source), "--text", "text", "--label", "label", "--target", "unit", "--out", "x"],
    }[command]
    result = RUN.invoke(app, [command, *more])
    assert (2, True) == (result.exit_code, "is not UTF-8" in " ".join(result.output.split()))


def test_an_empty_text_is_of_no_type_that_says_anything(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", ["text"], [[""], ["。。。"]])
    RUN.invoke(app, ["classify", "--in", str(source), "--out", str(tmp_path / "out.csv")])
    assert [("OTHER", "MALICIOUS_OR_EMPTY")] * 2 == [(r["type"], r["exclusion"]) for r in read(tmp_path / "out.csv")]


def city_rows() -> list[list[str]]:
    water = [[f"小区{word}停水没水用", "水务"] for word in "东西南北中上下前后里外左右"]
    power = [[f"小区{word}停电没电用", "供电"] for word in "东西南北中上下前后里外左右"]
    return water + power


def test_a_trained_unit_model_replaces_the_units_and_nothing_else(tmp_path: Path) -> None:
    data = write(tmp_path / "city.csv", ["body", "dept"], city_rows())
    options = {"data": data, "text": "body", "label": "dept", "target": "unit", "out": tmp_path / "unit.npz"}
    made = RUN.invoke(app, ["train", *(part for name, value in options.items() for part in (f"--{name}", str(value)))])
    assert 0 == made.exit_code, made.output
    source = write(tmp_path / "in.csv", ["text"], [["我们楼停电没电用了"]])
    for extra, name in (([], "plain.csv"), (["--model", str(tmp_path / "unit.npz")], "city.csv")):
        RUN.invoke(app, ["classify", "--in", str(source), "--out", str(tmp_path / name), *extra])
    plain, city = read(tmp_path / "plain.csv")[0], read(tmp_path / "city.csv")[0]
    assert ("power-supply", "供电") == (plain["unit"], city["unit"])
    assert (plain["type"], plain["topic"]) == (city["type"], city["topic"])


def test_evaluating_by_folds_tells_figures_and_draws_plots(tmp_path: Path) -> None:
    data = write(tmp_path / "city.csv", ["text", "label"], city_rows())
    result = RUN.invoke(
        app, ["evaluate", "--data", str(data), "--target", "unit", "--cross", "3", "--plots", str(tmp_path / "plots")]
    )
    assert 0 == result.exit_code, result.output
    assert "26 rows, accuracy 1.0000" in result.output
    assert ["calibration.svg", "confusion.svg"] == sorted(path.name for path in (tmp_path / "plots").iterdir())


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    source = write(tmp_path / "in.csv", ["text"], [["停水"]])
    (tmp_path / "evil.npz").write_bytes(b"\x80\x04K\x01.")
    result = RUN.invoke(
        app,
        ["classify", "--in", str(source), "--out", str(tmp_path / "out.csv"), "--model", str(tmp_path / "evil.npz")],
    )
    assert 2 == result.exit_code
