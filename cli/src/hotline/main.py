"""The ``hotline`` command."""

import typer

from hotline.late_commands import group_of

COMMANDS = {
    "up": "hotline.up:up",
    "demo": "hotline.demo.command:demo",
    "feed": "hotline.feed:feed",
    "token": "hotline.token:token",
    "classify": "hotline.classify_commands:classify_file",
    "train": "hotline.classify_commands:train_model",
    "evaluate": "hotline.classify_commands:evaluate_model",
    "topology": "hotline.topology_commands:app",
    "parking": "hotline.parking:app",
    "units": "hotline.units_commands:app",
    "lines": "hotline.lines_commands:app",
    "calendar": "hotline.calendar_commands:calendar_app",
    "catalogue": "hotline.catalogue_commands:app",
    "deadlines": "hotline.deadline_commands:deadlines_app",
    "documents": "hotline.documents.command:app",
    "config": "hotline.config_commands:app",
}

app = typer.Typer(
    name="hotline",
    help="The open 12345 citizen-hotline platform. 开放的 12345 市民热线平台。",
    cls=group_of(COMMANDS),
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def hotline() -> None:
    """Typer asks for at least one function."""


def run() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    run()
