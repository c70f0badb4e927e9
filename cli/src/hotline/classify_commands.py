"""``hotline classify``, ``hotline train`` and ``hotline evaluate``: the classifier without any running service."""

import csv
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress, track
from rich.table import Table

from classifier.data.loading import shipped_tables
from classifier.domain.text_model import Models
from classifier.domain.verdict import Context, Verdict, classify
from classifier.model.linear import LinearModel
from classifier.model.model_file import ModelFileError, read_model, to_bytes
from classifier.model.starter import starter_models
from classifier.training.baseline import BaselineMissing, baseline
from classifier.training.city_model import (
    TARGETS,
    RowsError,
    as_examples,
    read_rows,
    read_table,
    rows_fingerprint,
    train_city_model,
)
from classifier.training.figures import Figures, folds, judge, measure
from classifier.training.plots import calibration_plot, confusion_plot
from contracts.words import AppealType

app = typer.Typer(help="Classify texts, train a city's own models, measure them.", no_args_is_help=True)
console = Console(stderr=True)
COLUMNS = ("type", "topic", "unit", "unit_2", "unit_3", "exclusion", "hazard", "emergency", "confidence")


@app.command("classify")
def classify_file(
    source: Annotated[Path, typer.Option("--in", help="UTF-8 CSV with a column text", exists=True, dir_okay=False)],
    target: Annotated[Path, typer.Option("--out", help="Where the CSV with the verdicts goes", dir_okay=False)],
    model: Annotated[Path | None, typer.Option("--model", help="A trained model; replaces only its target")] = None,
) -> None:
    """Judge every row: type, topic, units, exclusion, hazard, emergency lines, confidence."""
    tables, models = shipped_tables(), _with_model(starter_models(), model)
    try:
        names, rows = read_table(source)
    except RowsError as error:
        _fail(str(error))
    if "text" not in names:
        _fail(f"{source}: there is no column text")
    fields = [name for name in names if name not in COLUMNS] + list(COLUMNS)
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, extrasaction="ignore", restval="")
        writer.writeheader()
        context = Context()
        for row in track(rows, description="classify", console=console):
            verdict = classify(row["text"] or "", context, tables, models, explain=False)
            writer.writerow({**row, **_as_columns(verdict)})


@app.command("train")
def train_model(
    data: Annotated[Path, typer.Option(help="UTF-8 CSV of the city's labelled rows", exists=True, dir_okay=False)],
    text: Annotated[str, typer.Option(help="Column with the text")],
    label: Annotated[str, typer.Option(help="Column with the label")],
    target: Annotated[str, typer.Option(help="What the label is: type, topic or unit")],
    out: Annotated[Path, typer.Option(help="Where the model file goes", dir_okay=False)],
    least: Annotated[int, typer.Option(help="Labels with fewer rows are not learnt")] = 5,
) -> None:
    """Train a model on a city's own rows. The file holds numbers and a header; it cannot run code."""
    _check_target(target)
    try:
        rows = read_rows(data, text, label)
        model = _train(rows, target, least)
    except RowsError as error:
        _fail(str(error))
    checked = measure(judge(model.guess, as_examples(rows, target)[::10]))
    header = {
        "name": out.stem,
        "rows": len(rows),
        "data": rows_fingerprint(rows),
        "date": datetime.now(UTC).date().isoformat(),
        "figures": {"accuracy_on_a_tenth_of_training_rows": round(checked.accuracy, 4)},
    }
    out.write_bytes(to_bytes(model, header))
    console.print(f"{out}: {len(model.labels)} labels, {len(model.ngrams)} n-grams, {len(rows)} rows")


@app.command("evaluate")
def evaluate_model(
    data: Annotated[Path, typer.Option(help="UTF-8 CSV of labelled rows", exists=True, dir_okay=False)],
    text: Annotated[str, typer.Option(help="Column with the text")] = "text",
    label: Annotated[str, typer.Option(help="Column with the label; alternatives are joined by |")] = "label",
    target: Annotated[str, typer.Option(help="type, topic or unit")] = "type",
    model: Annotated[Path | None, typer.Option(help="A model file to measure; none: what the project ships")] = None,
    test: Annotated[Path | None, typer.Option(help="Train on --data and measure on this CSV")] = None,
    cross: Annotated[int, typer.Option(help="Train and measure on so many folds of --data")] = 0,
    least: Annotated[int, typer.Option(help="Labels with fewer training rows are not learnt or counted")] = 1,
    compare: Annotated[bool, typer.Option(help="Also TF-IDF + LinearSVC (needs scikit-learn)")] = False,
    plots: Annotated[Path | None, typer.Option(help="Folder for the confusion and calibration plots")] = None,
) -> None:
    """Accuracy, macro-F1, top-3, per class, confusion plot, calibration plot."""
    _check_target(target)
    try:
        rows = read_rows(data, text, label)
        if test is None and not cross:
            figures, beside = _measure_shipped(rows, target, model), None
        else:
            splits = _splits(rows, target, read_rows(test, text, label) if test else None, cross, least)
            figures, beside = _measure_splits(splits, target, least, compare)
    except (RowsError, ModelFileError, BaselineMissing) as error:
        _fail(str(error))
    _show(figures, "ours")
    if beside is not None:
        _show(beside, "TF-IDF + LinearSVC", details=False)
    if plots is not None:
        plots.mkdir(parents=True, exist_ok=True)
        (plots / "confusion.svg").write_text(confusion_plot(figures), encoding="utf-8")
        (plots / "calibration.svg").write_text(calibration_plot(figures), encoding="utf-8")


Rows = list[tuple[str, str]]


def _splits(rows: Rows, target: str, test: Rows | None, cross: int, least: int) -> list[tuple[Rows, Rows]]:
    """Pairs of training and test rows; test rows with a label of fewer than ``least`` training rows are left out."""
    if test is not None:
        counts: dict[str, int] = {}
        for _, label in rows:
            counts[label] = counts.get(label, 0) + 1
        enough = {label for label, count in counts.items() if count >= least}
        return [([r for r in rows if r[1] in enough], [r for r in test if r[1] in enough])]
    made = as_examples(rows, target)
    places = {id(example): row for example, row in zip(made, rows, strict=True)}
    return [([places[id(e)] for e in train], [places[id(e)] for e in held]) for train, held in folds(made, cross)]


def _measure_splits(
    splits: list[tuple[Rows, Rows]], target: str, least: int, compare: bool
) -> tuple[Figures, Figures | None]:
    ours, beside = [], []
    for train, held in splits:
        ours += judge(_train(train, target, least).guess, as_examples(held, target))
        if compare:
            beside += baseline(train, held)
    return measure(ours), measure(beside) if compare else None


def _measure_shipped(rows: Rows, target: str, model: Path | None) -> Figures:
    """Measure the whole classifier, tables and models together. A label with alternatives is right if any fits."""
    tables, models = shipped_tables(), _with_model(starter_models(), model)
    pairs = []
    for text, label in track(rows, description="evaluate", console=console):
        verdict = classify(text, Context(), tables, models)
        if target == "type":
            ranked: tuple[tuple[str, float], ...] = ((verdict.type.value, verdict.type_confidence),)
        elif target == "topic":
            ranked = ((verdict.topic, verdict.topic_confidence),)
        else:
            ranked = tuple((unit.unit, unit.score) for unit in verdict.units)
        accepted = label.split("|")
        pairs.append((ranked[0][0] if ranked[0][0] in accepted else accepted[0], ranked))
    return measure(pairs)


def _train(rows: Rows, target: str, least: int) -> LinearModel:
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("train", total=60)
        return train_city_model(
            as_examples(rows, target),
            target,
            least,
            lambda _, done, of: progress.update(task, completed=done, total=of),
        )


def _with_model(models: Models, path: Path | None) -> Models:
    if path is None:
        return models
    try:
        model = read_model(path)
    except (ModelFileError, OSError) as error:
        _fail(str(error))
    if model.target not in TARGETS:
        _fail(f"{path}: target {model.target!r} cannot be replaced")
    if model.target == "type" and not set(model.labels) <= set(AppealType):
        _fail(f"{path}: labels of a type model must be among {', '.join(AppealType)}")
    return replace(models, **{model.target: model})


def _as_columns(verdict: Verdict) -> dict[str, str]:
    units = [unit.unit for unit in verdict.units[:3]] + ["", "", ""]
    return {
        "type": verdict.type.value,
        "topic": verdict.topic,
        "unit": units[0],
        "unit_2": units[1],
        "unit_3": units[2],
        "exclusion": verdict.exclusion.value if verdict.exclusion else "",
        "hazard": "Y" if verdict.hazard else "N",
        "emergency": "+".join(verdict.emergency_lines),
        "confidence": f"{verdict.confidence:.4f}",
    }


def _show(figures: Figures, title: str, details: bool = True) -> None:
    typer.echo(
        f"{title}: {figures.rows} rows, accuracy {figures.accuracy:.4f}, top-3 {figures.top3:.4f}, "
        f"macro-F1 {figures.macro_f1:.4f}"
    )
    if not details:
        return
    table = Table("label", "rows", "precision", "recall", "F1")
    for item in sorted(figures.classes, key=lambda item: -item.rows):
        table.add_row(item.label, str(item.rows), f"{item.precision:.3f}", f"{item.recall:.3f}", f"{item.f1:.3f}")
    Console().print(table)


def _check_target(target: str) -> None:
    if target not in TARGETS:
        _fail(f"--target is one of {', '.join(TARGETS)}")


def _fail(message: str) -> NoReturn:
    console.print(f"[red]{message}[/red]")
    raise typer.Exit(2)
