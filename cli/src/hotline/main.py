"""The ``hotline`` command."""

import typer

from hotline import (
    calendar_commands,
    catalogue_commands,
    classify_commands,
    config_commands,
    deadline_commands,
    feed,
    lines_commands,
    parking,
    token,
    topology_commands,
    units_commands,
    up,
)
from hotline.demo import command as demo
from hotline.documents import command as documents

app = typer.Typer(
    name="hotline",
    help="The open 12345 citizen-hotline platform. 开放的 12345 市民热线平台。",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("up")(up.up)
app.command("demo")(demo.demo)
app.command("feed")(feed.feed)
app.command("token")(token.token)
app.add_typer(topology_commands.app, name="topology")
app.add_typer(parking.app, name="parking")
app.add_typer(units_commands.app, name="units")
app.add_typer(lines_commands.app, name="lines")
app.command("classify")(classify_commands.classify_file)
app.command("train")(classify_commands.train_model)
app.command("evaluate")(classify_commands.evaluate_model)
app.add_typer(calendar_commands.calendar_app, name="calendar")
app.add_typer(catalogue_commands.app, name="catalogue")
app.add_typer(deadline_commands.deadlines_app, name="deadlines")
app.add_typer(documents.app, name="documents")
app.add_typer(config_commands.app, name="config")


def run() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    run()
