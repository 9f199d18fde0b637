"""``dcwidgets lab`` opens JupyterLab on the learner's folder."""

import sys
from pathlib import Path

from tests.browser import driver


def test_lab_opens_on_the_course(tmp_path: Path, data_dir: Path) -> None:
    folder = tmp_path / "course"
    command = [sys.executable, "-m", "dcwidgets.cli", "lab", f"--folder={folder}"]
    command += [f"--data-dir={data_dir}"]

    with driver.run_server(command, folder, data_dir=data_dir) as server:
        listed = {entry["name"] for entry in server.api("contents")["content"]}
        lessons = server.api("contents/work/course.json")["content"]

    assert {"02_curation.ipynb", "work"} <= listed
    assert '"Curation"' in lessons
