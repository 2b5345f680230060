"""Measure whether maps depend on tiles and seeds, and write docs/consistency.md.

    python -m benchmarks.consistency --tilings banepa.tif compound.tif --restarts bellingham.jpg --cache build

Runs are kept in the cache and not made again by the same code; the page is written from all results in the cache, so
scenes may be measured one after the other. Without scenes it only writes the page.
"""

import argparse
import json
from pathlib import Path

from benchmarks.consistency.report import write_report
from benchmarks.consistency.restarts import measure_restarts
from benchmarks.consistency.tilings import measure_tilings
from pipeline.files import write_text

_PAGE = Path(__file__).parents[2] / "docs" / "consistency.md"


def main() -> None:
    """Read the command line, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tilings", nargs="+", type=Path, default=[], metavar="SCENE")
    parser.add_argument("--restarts", nargs="+", type=Path, default=[], metavar="SCENE")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--set", dest="settings", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--page", type=Path, default=_PAGE)
    arguments = parser.parse_args()
    for kind, measure in (("tilings", measure_tilings), ("restarts", measure_restarts)):
        for scene in getattr(arguments, kind):
            result = measure(scene, arguments.settings, arguments.cache / kind / scene.stem)
            write_text(arguments.cache / f"{kind}-{scene.stem}.json", json.dumps(result, indent=1) + "\n")
    command = "python -m benchmarks.consistency --tilings SCENE... --restarts SCENE... --cache FOLDER"
    # Where work is done changes no result.
    chosen = [one for one in arguments.settings if not one.startswith("cluster.")]
    settings = f" and {', '.join(f'`{one}`' for one in chosen)}" if chosen else ""
    write_report(arguments.page, arguments.cache, command, settings)


if __name__ == "__main__":
    main()
