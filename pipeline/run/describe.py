"""Plans in words."""

from pipeline.errors import printable
from pipeline.export.report.units import counted
from pipeline.raster.dataset import cache_for
from pipeline.run.groups import Group
from pipeline.run.plan import ScenePlan
from pipeline.run.scene import SceneResult
from pipeline.run.shared import DatasetPlan

# Most names of a group's scenes that are shown.
_NAMES = 6


def describe_plan(plan: ScenePlan) -> str:
    """Write a plan as a few aligned lines."""
    rows, columns = plan.grid.shape
    down, across = len(plan.grid.row_edges) - 1, len(plan.grid.column_edges) - 1
    source, train = plan.source, plan.config.train
    trained = "used as it is" if plan.config.prior.file else f"up to {train.steps} steps on {train.patches} patches"
    if train.scope == "adapt":
        trained += f", then {train.adapt_steps} steps in every tile"
    row, column = plan.grid.offset
    moved = f", from row {row}, column {column}" if row or column else ""
    lines = [
        ("size", f"{columns} x {rows} px, {rows * columns / 1e6:.1f} Mpx, {source.spec.dtype}"),
        ("bands", f"{', '.join(map(str, source.bands))} of {source.spec.count}"),
        ("tiles", f"{len(plan.grid)} ({across} x {down}) of {plan.grid.size} px, halo {plan.grid.halo}{moved}"),
        *_describe_blocks(plan, across),
        ("segments", plan.config.presegment.method),
        ("network", f"{plan.config.network.kind}, scope {train.scope}, {trained}"),
        ("workers", describe_workers(plan)),
        ("memory", f"{plan.memory.tile / 1e9:.2f} GB a worker, {plan.memory_total / 1e9:.2f} GB in all"),
        ("disk", f"{plan.work_bytes / 1e9:.2f} GB while it runs, {plan.out_bytes / 1e9:.2f} GB of results at most"),
        ("results", str(plan.out)),
    ]
    return "\n".join(
        [f"{plan.scene.name}: {printable(plan.scene.path)}", *(f"  {name:9}{text}" for name, text in lines)]
    )


def _describe_blocks(plan: ScenePlan, across: int) -> list[tuple[str, str]]:
    """Say what is slow about a file whose blocks cannot be kept from one tile to the next."""
    rows, columns = plan.source.spec.block_shape
    touched = plan.source.touched_bytes(plan.grid.largest_read)
    if across == 1 or cache_for(touched) >= touched:
        return []
    mend = "rewrite the file in smaller ones to be faster, with: gdal_translate -co TILED=YES"
    return [("blocks", f"{columns} x {rows} px, decoded again for every tile; {mend}")]


def describe_dataset(dataset: DatasetPlan) -> str:
    """Say what scenes have in common."""
    plans, train = dataset.plans, dataset.plans[0].config.train
    alone = sum(len(group.members) == 1 for group in dataset.groups)
    given = plans[0].config.prior.file
    trained = f"that of {given}" if given else f"up to {train.steps} steps on {train.patches} patches"
    lines = [
        ("scenes", f"{len(plans)}, {sum(plan.grid.scene.pixels for plan in plans) / 1e6:.1f} Mpx"),
        ("prior", f"one for all, {trained}"),
        *(("group", _describe_group(dataset, group)) for group in dataset.groups if len(group.members) > 1),
        ("alone", "1 scene" if alone == 1 else f"{alone} scenes"),
        ("memory", f"{max(plan.memory_total for plan in plans) / 1e9:.2f} GB in all"),
        ("disk", f"{dataset.work_bytes / 1e9:.2f} GB while it runs at most, in {dataset.work}"),
    ]
    return "\n".join(["all scenes:", *(f"  {name:9}{text}" for name, text in lines)])


def _describe_group(dataset: DatasetPlan, group: Group) -> str:
    (rows, columns), names = group.shape, [dataset.plans[member].scene.name for member in group.members]
    shown = ", ".join(names[:_NAMES]) + (", ..." if len(names) > _NAMES else "")
    tiles = {tile.name for member in group.members for tile in dataset.plans[member].grid}
    return f"{len(names)} scenes on {columns} x {rows} px, {len(tiles)} tiles: {shown}"


def announce(plan: ScenePlan) -> str:
    """Say in a line what is begun."""
    rows, columns = plan.grid.shape
    tiles = "1 tile" if len(plan.grid) == 1 else f"{len(plan.grid)} tiles"
    return (
        f"{plan.scene.name}: {columns} x {rows} px, {tiles}, scope {plan.config.train.scope}, {describe_workers(plan)},"
        f" about {plan.memory_total / 1e9:.1f} GB of memory"
    )


def describe_result(plan: ScenePlan, result: SceneResult, seconds: float) -> str:
    """Say in a line what was found, and how fast."""
    rate = f"{plan.grid.scene.pixels / 1e6 / seconds:.2f} Mpx/s"
    how = "going on where an earlier run stopped" if result.resumed else rate
    merged = f", merged from {result.finest}," if result.finest > result.classes else ""
    classes = counted(result.classes, "class", "classes")
    return f"{plan.scene.name}: {classes}{merged} in {seconds:.0f} s ({how})"


def describe_workers(plan: ScenePlan) -> str:
    """Say where the tasks of a plan run."""
    cluster = plan.config.cluster
    if cluster.scheduler is not None:
        return f"those of {cluster.scheduler}"
    if cluster.slurm is not None:
        return f"{cluster.slurm.jobs} Slurm jobs"
    if cluster.workers == 0:
        return "everything in this process"
    if plan.gpus:
        return f"{plan.gpu_workers} for GPUs ({', '.join(plan.gpus)}), {plan.workers} for pre-segmentation"
    return "1 worker" if plan.workers == 1 else f"{plan.workers} workers"
