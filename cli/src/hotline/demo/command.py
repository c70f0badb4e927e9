"""``hotline demo``."""

import json
import random
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from chassis import garbage
from chassis.logging import configure
from hotline.demo.bundled import Sendable, bundled, chosen, from_csv
from hotline.demo.figures import table
from hotline.demo.office_hours import ZONE
from hotline.demo.play import START, WEEKS, Played, play
from hotline.demo.sabotage import Sabotage


def demo(
    data: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A CSV instead of our appeals.")
    ] = None,
    text_column: Annotated[str, typer.Option(help="The CSV's column that holds the text.")] = "text",
    appeals: Annotated[int | None, typer.Option(min=1, help="How many; all by default.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures into this file.")] = None,
    sabotage: Annotated[
        Sabotage | None, typer.Option(help="Break something on purpose: the reconciliation must notice.")
    ] = None,
    data_dir: Annotated[Path | None, typer.Option(help="Keep the platform's data here; else a fresh folder.")] = None,
    seed: Annotated[int, typer.Option(help="The players' dice.")] = 12345,
) -> None:
    """Play weeks of a city's hotline in a minute, on the embedded platform and a virtual clock."""
    console = Console(stderr=True)
    try:
        everything = bundled() if data is None else from_csv(data, text_column)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--data") from None
    sending = chosen(everything, appeals, random.Random(seed))
    folder = data_dir or Path(tempfile.mkdtemp(prefix="hotline-demo-"))
    configure("demo", "ERROR")
    garbage.collect_seldom()
    played = uvloop.run(_with_progress(console, sending, folder, seed, sabotage))
    if json_file is not None:
        json_file.write_text(json.dumps(played.figures, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _show(Console(), played, folder)


async def _with_progress(
    console: Console, sending: list[Sendable], folder: Path, seed: int, sabotage: Sabotage | None
) -> Played:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} 件"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as shown:
        bar = shown.add_task("城市热线启动 starting", total=len(sending))

        def progress(now: datetime, sent: int, _: int) -> None:
            shown.update(bar, completed=sent, description=f"{now.astimezone(ZONE):%m月%d日 %H:%M}")

        return await play(sending, folder, seed, sabotage, progress)


def _show(console: Console, played: Played, folder: Path) -> None:
    found = played.figures
    console.print(table(found))
    whole = found["closed"] + found["open"] == found["registered"]
    if not found["unaccounted"] and not found["duplicate_effects"] and whole:
        verdict = "对账一致:每一件都有去向,没有重复送达。Every appeal is accounted for; nothing was delivered twice."
        console.print(f"[green]✔ {verdict}[/green]")
    else:
        console.print(f"[red]✘ 对账不符 unaccounted: {', '.join(played.unaccounted[:10]) or '-'}[/red]")
    trips = played.round_trips / max(found["registered"], 1)
    console.print(
        f"数据库往返 {trips:.1f} 次/件,写入 {played.writes / max(found['registered'], 1):.1f} 次/件"
        f" · {trips:.1f} database round trips per appeal"
    )
    console.print("看页面 look at the pages:")
    console.print(f"  hotline up --embedded --data-dir {folder}", soft_wrap=True)
    last = START + timedelta(weeks=WEEKS)
    days = f"from={START:%Y-%m-%d}&to={last:%Y-%m-%d}"
    console.print(f"  http://127.0.0.1:12345/dashboard?{days}", soft_wrap=True)
    console.print(f"  hotline token --role supervisor --data-dir {folder}   (用于登录 to log in)", soft_wrap=True)
