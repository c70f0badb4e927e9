"""``hotline topology``: the broker's exchanges, queues and bindings, from contracts."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from chassis.amqp.amqp_bus import AmqpBus
from contracts.topology import Topology, topology
from contracts.words import Service
from hotline.member_units import member_units

app = typer.Typer(help="Exchanges, queues and bindings on the broker.", no_args_is_help=True)


def declared() -> Topology:
    """Everything a platform with these member units needs."""
    return topology(tuple(member_units().units))


@app.command()
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False) -> None:
    """Show what the broker must hold."""
    everything = declared()
    if as_json:
        queues = [{"name": queue.name, "arguments": queue.arguments()} for queue in everything.queues]
        exchanges = [asdict(exchange) for exchange in everything.exchanges]
        bindings = [asdict(binding) for binding in everything.bindings]
        typer.echo(json.dumps({"exchanges": exchanges, "queues": queues, "bindings": bindings}, ensure_ascii=False))
        return
    table = Table("queue", "bound to", title=f"{len(everything.exchanges)} exchanges, {len(everything.queues)} queues")
    for queue in everything.queues:
        keys = [f"{item.exchange}: {item.key or '(all)'}" for item in everything.bindings if item.queue == queue.name]
        table.add_row(queue.name, "\n".join(keys))
    Console().print(table)


@app.command()
def apply(
    amqp_url: Annotated[str, typer.Option(envvar="AMQP_URL", help="A user who may configure.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON alone.")] = False,
) -> None:
    """Declare it on a broker; again changes nothing. A queue with other arguments is named and nothing is deleted."""
    everything = declared()
    asyncio.run(_apply(amqp_url, everything))
    count = {"exchanges": len(everything.exchanges), "queues": len(everything.queues)}
    typer.echo(json.dumps(count) if as_json else f"declared {count['exchanges']} exchanges, {count['queues']} queues")


async def _apply(url: str, everything: Topology) -> None:
    bus = AmqpBus(url, Service.DISPATCHER)
    await bus.declare(everything)
    await bus.stop()
