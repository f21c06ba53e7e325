"""Programs that judge what we made: exiftool, ffprobe, ImageMagick."""

import os
import shutil

import pytest


def needs(program: str) -> str:
    """The program's path. Where checks run for everybody it has to be there."""
    path = shutil.which(program)
    if path is None and not os.environ.get("CI"):
        pytest.skip(f"{program} is not on this machine")
    assert path, f"{program} is missing"
    return path
