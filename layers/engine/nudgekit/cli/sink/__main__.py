"""Run the sink: `python -m nudgekit.cli.sink --port … --aws … --project …`."""

import argparse
import signal
import sys
from pathlib import Path

from nudgekit.book import load_book
from nudgekit.cli.local.stack import load
from nudgekit.cli.sink.outbox import Outbox
from nudgekit.cli.sink.postman import Postman
from nudgekit.cli.sink.server import Sink, serve
from nudgekit.errors import NudgekitError


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(description="Takes what the functions send and shows it.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--aws", required=True, help="address of the local AWS")
    parser.add_argument("--project", type=Path, required=True, help="the project whose stack it serves")
    options = parser.parse_args()
    sink = Sink(options.aws, Outbox(), lambda: load(options.project), _shop(options.project), options.project / "rules")
    Postman(sink.outbox, sink.stack).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with serve(sink, options.port) as server:
        server.serve_forever()


def _shop(project: Path) -> str:
    """The shop's name; a project whose rules cannot be read yet still gets its inbox."""
    try:
        return load_book(project / "rules").policy.shop.name
    except NudgekitError:
        return project.name


if __name__ == "__main__":
    main()
