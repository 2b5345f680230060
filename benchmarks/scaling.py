"""What 1, 100 and 10,000 gigapixels take, worked out from rates of measured runs, to docs/scaling.md.

    python -m benchmarks.scaling [--run out/scene] [--set schedule_ms=7] [--rates file.json] [--write docs/scaling.md]

`--run` takes what it can from a finished scene: its run.json, the sizes of its outputs and, where the run was told to
`--keep-work`, of its records. What it has not must be set, or be in the file of rates, which keeps all.
"""

import argparse
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

RATES = Path(__file__).with_name("rates.json")
_MEGA, _GIGA, _TERA = 1e6, 1e9, 1e12
_DAY_S = 86_400.0
_IDS = 2**32 - 1
# Laps of a run's clock that are not the main process's own.
_WORKERS_LAPS = ("prior", "tiles", "links", "vector")


@dataclass(frozen=True)
class Rates:
    """What was measured; per Mpx unless said otherwise."""

    tile_s: float
    """Seconds of one worker on a tile's pixels."""

    link_s: float
    """Seconds of one worker on links."""

    prior_s: float
    """Seconds of one worker on a scene's prior, whatever its size."""

    outputs_s: float
    """Seconds of one worker on outputs: boxes of the map, polygons."""

    write_s: float
    """Seconds of the main process from joining to the last output, in which it does not wait for workers."""

    schedule_ms: float
    """Milliseconds of the main process to hand out a tile."""

    tile_mpx: float
    """Mpx of a tile's write box."""

    input_mb: float
    """MB of image that is read, halos included."""

    record_mb: float
    """MB of a scene's work directory."""

    output_mb: float
    """MB of all outputs."""

    objects: float
    """Objects of a map."""

    worker_gb: float
    """GB of a worker."""

    main_gb: float
    """GB of the main process, whatever the scene."""

    join_kb: float
    """KB of the main process for joining and for objects, which only tables are held of."""


@dataclass(frozen=True)
class Needs:
    """What so many pixels take in scenes of one size."""

    scenes: int
    worker_days: float
    main_days: float
    cores: int
    """Workers for a day's work."""

    runs: int
    """Runs at a time, each with its own main process, for a day's work."""

    outputs_tb: float
    work_gb: float
    """Records that lie at once: of three scenes a run."""

    network_mb_s: float
    """Read and written while a day's work is done."""


def needs(gigapixels: float, scene_mpx: float, rates: Rates) -> Needs:
    """Work out what is needed to be done within a day."""
    mpx = gigapixels * 1000
    scenes = max(round(mpx / scene_mpx), 1)
    workers = mpx * (rates.tile_s + rates.link_s + rates.outputs_s) + scenes * rates.prior_s
    main = mpx * (rates.write_s + rates.schedule_ms / 1000 / rates.tile_mpx)
    runs = min(_up(main / _DAY_S), scenes)
    moved = mpx * (rates.input_mb + 2 * rates.record_mb + rates.output_mb)
    return Needs(
        scenes=scenes,
        worker_days=workers / _DAY_S,
        main_days=main / _DAY_S,
        cores=_up(workers / _DAY_S),
        runs=runs,
        outputs_tb=mpx * rates.output_mb * _MEGA / _TERA,
        work_gb=min(3 * runs, scenes) * scene_mpx * rates.record_mb * _MEGA / _GIGA,
        network_mb_s=moved / _DAY_S,
    )


def limits(scene_mpx: float, rates: Rates) -> dict[str, float]:
    """Work out where one run ends, whatever is put into it."""
    busy = rates.tile_s + rates.link_s + rates.outputs_s + rates.prior_s / scene_mpx
    return {
        "workers that one main process writes for": busy / rates.write_s,
        "workers that one scheduler serves": rates.tile_s * rates.tile_mpx * 1000 / rates.schedule_ms,
        "gigapixels of a scene until object ids are used up": _IDS / rates.objects / 1000,
        "gigapixels of a scene that a main process of 64 GB joins": (64 - rates.main_gb) * 1e6 / rates.join_kb / 1000,
    }


def rates_of(scene: Path) -> dict[str, float]:
    """Take from a finished scene what it tells."""
    run, manifest = (json.loads((scene / name).read_text("utf-8")) for name in ("run.json", "manifest.json"))
    window = manifest["scene"]["window"]
    mpx = (window["bottom"] - window["top"]) * (window["right"] - window["left"]) / _MEGA
    laps: dict[str, float] = run["seconds"]
    events = {event["what"]: event for event in map(json.loads, (scene / "run.log").read_text("utf-8").splitlines())}
    surveys, polygons = (float(events[what]["seconds"]) for what in ("surveys", "polygons"))
    workers = max(run["workers"], 1)
    own = sum(seconds for name, seconds in laps.items() if name not in _WORKERS_LAPS) - surveys / workers
    found = {
        "tile_s": sum(sum(tile["seconds"].values()) for tile in run["tiles"]) / mpx,
        "link_s": laps["links"] * workers / mpx,
        "prior_s": sum(run["prior"].values()),
        "outputs_s": (surveys + polygons) / mpx,
        "write_s": own / mpx,
        "tile_mpx": mpx / len(run["tiles"]),
        "output_mb": sum((scene / name).stat().st_size for name in manifest["outputs"]) / _MEGA / mpx,
    }
    kept = [file.stat().st_size for file in scene.glob(".work-*/**/*") if file.is_file()]
    return found | ({"record_mb": sum(kept) / _MEGA / mpx} if kept else {})


def _up(value: float) -> int:
    return max(int(-(-value // 1)), 1)


def main() -> None:
    """Read the rates, write the document."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", type=Path, default=RATES)
    parser.add_argument("--run", type=Path, help="folder of a finished scene")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=NUMBER", help="a rate")
    parser.add_argument("--write", type=Path, default=Path("docs/scaling.md"))
    options = parser.parse_args()
    found: dict[str, float] = json.loads(options.rates.read_text("utf-8")) if options.rates.exists() else {}
    found |= rates_of(options.run) if options.run else {}
    found |= {name: float(value) for name, value in (word.split("=", 1) for word in options.set)}
    lacking = [field.name for field in fields(Rates) if field.name not in found]
    if lacking:
        parser.error(f"no rate is known of {', '.join(lacking)}; measure, and name them with --set")
    rates = Rates(**{name: float(f"{value:.4g}") for name, value in found.items()})
    options.rates.write_text(json.dumps(asdict(rates), indent=1) + "\n", encoding="utf-8")
    from benchmarks.scalingtext import document

    options.write.write_text(document(rates), encoding="utf-8")


if __name__ == "__main__":
    main()
