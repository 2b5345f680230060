"""QGIS, where it is installed."""

import json
import os
import subprocess
from pathlib import Path

import pytest

# The one that distributions build QGIS for.
PYTHON = "/usr/bin/python3"
PREAMBLE = """
import json, sys
from qgis.core import (
    QgsApplication, QgsFeature, QgsFields, QgsField, QgsLayerTreeModelLegendNode, QgsRasterLayer, QgsVectorLayer
)
application = QgsApplication([], False)
application.initQgis()
"""


@pytest.fixture(scope="session")
def in_qgis(tmp_path_factory):
    """Give a function that runs lines of code in QGIS; what they assign to `answer` comes back as JSON tells it."""
    home = tmp_path_factory.mktemp("qgis")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    environment |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}

    def python(code, *arguments):
        return subprocess.run(  # noqa: S603
            [PYTHON, "-c", code, *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )

    if not Path(PYTHON).exists() or python("import qgis.core").returncode != 0:
        pytest.skip("no QGIS that the system's python3 can import")

    def run(code, *arguments):
        result = python(f"{PREAMBLE}{code}\nprint('ANSWER', json.dumps(answer))", *arguments)
        lines = [line for line in result.stdout.splitlines() if line.startswith("ANSWER ")]
        assert lines, result.stderr
        return json.loads(lines[-1].removeprefix("ANSWER "))

    return run
