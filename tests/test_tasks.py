import subprocess
import sys

_PROGRAM = """
import sys
from pipeline.cli import main
if __name__ == "__main__":
    try:
        main()
    finally:
        print(*sorted({"torch"} & set(sys.modules)), file=sys.stderr)
"""


def test_the_process_that_plans_and_writes_does_without_what_trains(scene_file, tmp_path, quick):
    file = tmp_path / "program.py"
    file.write_text(_PROGRAM)
    words = [word for setting in (*quick, "cluster.workers=1", "cluster.device=cpu") for word in ("--set", setting)]
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, str(file), "segment", str(scene_file), "--out", str(tmp_path / "out"), "--quiet", *words],
        env={"PYTHONPATH": ":".join(sys.path), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == "\n"
    assert done.stdout.splitlines()[-1].endswith("manifest.json")
