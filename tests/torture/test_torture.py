"""The short form of `run.py torture`, in a process of its own: it forks, and has a time of its own.

Every step once that leaves something new behind, of a photo by each door, and half a dozen at
random. On PostgreSQL as well: `run.py torture`.
"""

import subprocess
import sys

from config import ROOT

PATIENCE = 400  # seconds, on a machine that is busy with the other tests


def test_posts_go_out_once_or_wait_for_a_person_wherever_a_worker_dies():
    words = [sys.executable, "-m", "tests.torture", "--short", "--database", "sqlite"]
    done = subprocess.run(
        words, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
