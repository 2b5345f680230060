"""Tables of where the time of one run went."""

from benchmarks.comparison.tables import table
from benchmarks.speed.case import Result


def profile_lines(result: Result, megapixels: float) -> list[str]:
    """Return a table of phases and one of the tiles' stages."""
    told = result.middle
    wall = sorted(run.wall for run in result.runs)[len(result.runs) // 2]
    seconds, prior, tiles = told["seconds"], told["prior"], told["tiles"]
    phases = {"start: imports, opening, planning, the end": wall - sum(seconds.values())}
    for name, value in seconds.items():
        if name == "prior":
            phases["prior: workers' start, radiometry, hand-over"] = value - sum(prior.values())
            phases |= {f"prior: {stage}": value for stage, value in prior.items()}
        else:
            phases[name] = value
    rows = [[name, f"{value:.2f}", f"{value / wall:.1%}"] for name, value in phases.items()]
    whole = sum(tiles.values())
    stages = [
        [name, f"{value:.1f}", f"{value / megapixels:.3f}", f"{value / whole:.1%}"] for name, value in tiles.items()
    ]
    return [
        f"The run of median wall time, {wall:.1f} s with {told['workers']} workers, by phase (wall seconds):",
        "",
        *table(["phase", "s", "share"], rows),
        "",
        (
            f"The {told['count']} tiles by stage: seconds summed over workers, so they exceed the phase's wall time; a "
            "megapixel is one of the scene, and their halo is work on top. `label` is context and network. Tiles are "
            "pre-segmented by whoever is idle while the network is trained; `presegment` is what was left of it."
        ),
        "",
        *table(["stage", "s", "s/Mpx", "share"], stages),
    ]
