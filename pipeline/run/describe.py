"""A plan in words."""

from pipeline.run.plan import ScenePlan


def describe_plan(plan: ScenePlan) -> str:
    """Write a plan as a few aligned lines."""
    rows, columns = plan.grid.shape
    down, across = len(plan.grid.row_edges) - 1, len(plan.grid.column_edges) - 1
    source, train = plan.source, plan.config.train
    trained = "used as it is" if plan.config.prior else f"up to {train.steps} steps on {train.patches} patches"
    if train.scope == "adapt":
        trained += f", then {train.adapt_steps} steps in every tile"
    row, column = plan.grid.offset
    moved = f", from row {row}, column {column}" if row or column else ""
    lines = [
        ("size", f"{columns} x {rows} px, {rows * columns / 1e6:.1f} Mpx, {source.spec.dtype}"),
        ("bands", f"{', '.join(map(str, source.bands))} of {source.spec.count}"),
        ("tiles", f"{len(plan.grid)} ({across} x {down}) of {plan.grid.size} px, halo {plan.grid.halo}{moved}"),
        ("segments", plan.config.presegment.method),
        ("network", f"{plan.config.network.kind}, scope {train.scope}, {trained}"),
        ("workers", describe_workers(plan)),
        ("memory", f"{plan.memory.tile / 1e9:.2f} GB a worker, {plan.memory_total / 1e9:.2f} GB in all"),
        ("disk", f"{plan.work_bytes / 1e9:.2f} GB while it runs, {plan.out_bytes / 1e9:.2f} GB of results at most"),
        ("results", str(plan.out)),
    ]
    return "\n".join([f"{plan.scene.name}: {plan.scene.path}", *(f"  {name:9}{text}" for name, text in lines)])


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
        return f"{len(plan.gpus)} for GPUs ({', '.join(plan.gpus)}), {plan.workers} for pre-segmentation"
    return "1 worker" if plan.workers == 1 else f"{plan.workers} workers"
