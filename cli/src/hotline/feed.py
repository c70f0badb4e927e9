"""``hotline feed``: send a CSV's rows to a running platform, as fast as asked, and keep a log of the answers."""

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import track

from contracts.words import Role
from hotline.demo.bundled import bundled, from_csv
from hotline.platform_client import DEFAULT_URL, DataDir, TokenOption, Url, bearer, reaching


def feed(
    data: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A CSV; the demo's own by default.")
    ] = None,
    text_column: Annotated[str, typer.Option(help="The column that holds the text.")] = "text",
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows.")] = None,
    rate: Annotated[float, typer.Option(min=0.01, help="Appeals a second.")] = 10.0,
    run: Annotated[str, typer.Option(help="Part of every message id: the same run again changes nothing.")] = "feed",
    log: Annotated[Path | None, typer.Option(help="Write one JSON line per answer: key, number, query code.")] = None,
    url: Url = DEFAULT_URL,
    token: TokenOption = None,
    data_dir: DataDir = Path("hotline-data"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """Send appeals to a running platform; interrupted, it may be run again and sends nothing twice."""
    try:
        rows = bundled() if data is None else from_csv(data, text_column)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="data") from None
    rows = rows[:limit]
    headers = bearer(token, data_dir, Role.AGENT)
    messages: list[tuple[str, str, str]] = [(f"{run}-{n}", row.text, row.channel) for n, row in enumerate(rows)]
    with reaching(url):
        result = asyncio.run(_send(messages, url, headers, rate, log))
    typer.echo(json.dumps(result) if as_json else f"sent {result['sent']}, refused {result['refused']}")
    if result["refused"]:
        raise typer.Exit(1)


async def _send(
    rows: list[tuple[str, str, str]], url: str, headers: dict[str, str], rate: float, log: Path | None
) -> dict[str, int]:
    counts = {"sent": 0, "refused": 0}
    lines: list[str] = []
    room = asyncio.Semaphore(64)
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:

        async def one(key: str, text: str, channel: str) -> None:
            async with room:
                body = {"channel": channel, "message_id": key, "text": text}
                response = await client.post("/appeals", json=body, headers={"Idempotency-Key": key})
            counts["sent" if response.is_success else "refused"] += 1
            if response.is_success:
                lines.append(json.dumps({"key": key, **response.json()}, ensure_ascii=False))

        began = time.monotonic()
        tasks = []
        for index, row in enumerate(track(rows, description="feeding", console=Console(stderr=True))):
            await asyncio.sleep(max(0.0, began + index / rate - time.monotonic()))
            tasks.append(asyncio.create_task(one(*row)))
        await asyncio.gather(*tasks)
    if log is not None:
        await asyncio.to_thread(log.write_text, "".join(line + "\n" for line in lines), encoding="utf-8")
    return counts
