"""The command line: a table of commands, each in its own module and imported when it is asked for.

To add a command, write a module with a plain typed function `run` and add a line to `COMMANDS`.
"""

import importlib
import importlib.util
from typing import Any

import typer
import typer.main
from typer.core import TyperGroup

from nudgekit.cli.console import complain
from nudgekit.errors import NudgekitError

COMMANDS = {
    "demo": "nudgekit.cli.demo:run",
    "up": "nudgekit.cli.up:run",
    "down": "nudgekit.cli.down:run",
    "send": "nudgekit.cli.send:run",
    "catalogue": "nudgekit.cli.catalogue:run",
    "person": "nudgekit.cli.person:run",
    "stop": "nudgekit.cli.operation:run_stop",
    "resume": "nudgekit.cli.operation:run_resume",
    "operation": "nudgekit.cli.operation:run",
    "offers": "nudgekit.cli.offers:run",
    "environment": "nudgekit.cli.environment:run",
    "template": "nudgekit.cli.template:run",
    "recommend": "nudgekit.cli.recommend:run",
    "schemas": "nudgekit.cli.schemas:run",
    "law": "nudgekit.cli.law:run",
    "new": "nudgekit.cli.new:run",
    "segments": "nudgekit.cli.segments:run",
    "validate": "nudgekit.cli.validate:run",
    "show": "nudgekit.cli.explain.show:run",
    "docs": "nudgekit.cli.explain.docs:run",
}


class LazyCommands(TyperGroup):
    """Finds a command's module only when the command is named, so that `nudgekit` starts at once."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        """Name the commands whose module stands."""
        return [name for name, where in COMMANDS.items() if importlib.util.find_spec(where.partition(":")[0])]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Build the command of a name; None when there is no such command."""
        return _command(cmd_name) if cmd_name in self.list_commands(ctx) else None


def _command(name: str) -> Any:
    module, _, function = COMMANDS[name].partition(":")
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command(name)(getattr(importlib.import_module(module), function))
    return typer.main.get_command(app)


app = typer.Typer(
    cls=LazyCommands, no_args_is_help=True, rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def nudgekit() -> None:
    """Rules-as-code trigger functions for customer engagement."""


def main() -> None:
    """Run the command line; what somebody can mend ends it with its words and exit code 1."""
    try:
        app()
    except NudgekitError as problem:
        complain(problem)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
