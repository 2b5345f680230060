"""The section on GPUs: what is expected, from the layers' operations and measured rates."""

from benchmarks.speed.found import Found
from benchmarks.speed.network_cost import network_cost
from pipeline.config import Config
from pipeline.run.workers import CORES_PER_SHARE, MOST_SHARES

# NVIDIA's data sheet of the H100 SXM: float32 without tensor cores, and memory.
_FLOPS, _BYTES = 67e12, 3.35e12
_MEGA = 1e6


def gpu_lines(found: Found) -> list[str]:
    """Return the section's lines."""
    config, cost = Config(), network_cost(Config())
    train, seconds = config.train, max(cost.flops / _FLOPS, cost.bytes / _BYTES) * _MEGA
    steps = train.most_steps * train.batch * train.patch**2
    lines = [
        "## GPU",
        "",
        "```",
        "python -m benchmarks.speed SCENE --only 'ours-*' --set cluster.device=cuda --out gpu.md",
        "```",
        "",
        (
            f"- One pass of the default network takes {cost.flops:,.0f} operations a pixel and moves "
            f"{cost.bytes:,.0f} bytes "
            "(float32, every layer and norm by itself; counted from the layers)."
        ),
        (
            f"- An H100 SXM has {_FLOPS / 1e12:g} TFLOP/s (float32) and {_BYTES / 1e12:g} TB/s by its data sheet: "
            f"at the least {seconds * 1000:.2f} ms a megapixel, bound by "
            f"{'operations' if cost.flops / _FLOPS > cost.bytes / _BYTES else 'memory'}."
        ),
        (
            f"- Training is {steps / _MEGA:.1f} Mpx of patches whatever the scene's size; forward and back is "
            f"about three "
            f"passes: {3 * seconds * steps / _MEGA:.2f} s at the least, and {train.most_steps} steps' launches "
            f"besides."
        ),
    ]
    floor = found.first("floor-halo-")
    if floor is None:
        return [*lines, "- The rates of a processor's core were not measured (`--only 'floor-*'`)."]
    told = floor[1].middle
    each = {stage: value / told["read_pixels"] * _MEGA for stage, value in told["tiles"].items()}
    ahead, own = each["read"] + each["presegment"], each["read"] + each["context"] + seconds
    lines += [
        (
            f"- One core of this machine pre-segments a megapixel, its decoding included, in {ahead:.2f} s, and takes "
            f"{each['context']:.2f} s for the context and {each['network']:.2f} s for the network. At the rate "
            f"of one core's "
            f"pre-segmentation the GPU's pass needs {seconds / ahead:.3%} of an H100: pre-segmentation by "
            f"processes is the "
            f"limit, and {ahead / seconds:,.0f} cores would keep one busy with that alone."
        ),
        (
            f"- A GPU's worker also reads and makes the context, on its one core: {own:.2f} s a megapixel in "
            f"all, without "
            f"votes and the record. So it is kept busy by {ahead / own:.1f} CPU workers that pre-segment ahead."
        ),
    ]
    ours = found.ours(floor[0].megapixels)
    if ours is not None and "vote" in ours.middle["tiles"]:
        tiles, pixels = ours.middle["tiles"], told["read_pixels"] / _MEGA
        more = (tiles["vote"] + tiles.get("save", 0.0)) / pixels
        lines += [
            (
                f"- With votes and the record ({more:.2f} s a megapixel in the run of {floor[0].megapixels:g} "
                f"Mpx) it takes "
                f"{own + more:.2f} s, and {ahead / (own + more):.1f} CPU workers keep it busy."
            ),
            _shared(own + more, ahead, seconds),
        ]
    return [*lines, "- These are bounds from rates, not measurements on a GPU."]


def _shared(own: float, ahead: float, seconds: float) -> str:
    """Say what workers that share a GPU do; seconds a megapixel of theirs, of those that pre-segment, of the GPU."""
    count, cores = MOST_SHARES, MOST_SHARES * CORES_PER_SHARE
    rate = min(count / own, (cores - count) / ahead)
    return (
        f"- So {count} workers share one where there are {cores} cores for it (`cluster.per_gpu`), and the others "
        f"pre-segment: {rate:.0f} Mpx a second by these rates, halos included, which keep the GPU busy for "
        f"{rate * seconds:.1%} of the time."
    )
