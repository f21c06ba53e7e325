"""`media prepare`: does to a file what an upload does, with no database at all."""

import json
from pathlib import Path

import pytest
from PIL import Image

from config import Settings
from takeover.app import create_app

FILES = Path(__file__).parents[2] / "media" / "files"


@pytest.fixture
def run(tmp_path):
    nowhere = f"sqlite:///{tmp_path}/not/there.db"
    app = create_app(Settings(database_url=nowhere, queue_url="now:"))
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=["media", "prepare", *map(str, words)])


@pytest.mark.parametrize(
    "name", ["iphonexs_parfait_orient6_gps.heic", "pixel4a_seine_gps_gainmap.jpg"]
)
def test_it_prints_one_line_for_each_rendition(run, tmp_path, name):
    result = run(FILES / name, tmp_path / "new" / "folder")

    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["kind"] for line in lines][:3] == ["feed", "preview", "thumbnail"]
    for line in lines:
        assert set(line) == {"kind", "path", "width", "height", "bytes"}
        assert Path(line["path"]).stat().st_size == line["bytes"]
        with Image.open(line["path"]) as picture:
            assert picture.size == (line["width"], line["height"])
            assert not picture.getexif()


@pytest.mark.parametrize("name", ["pdf_named_heic.heic", "truncated.png", "empty.heic"])
def test_a_file_that_an_upload_would_refuse_gets_its_sentence(run, tmp_path, name):
    result = run(FILES / name, tmp_path / "out")

    assert result.exit_code == 2
    assert set(json.loads(result.stdout)) == {"refused"}
    assert json.loads(result.stdout)["refused"].endswith(".")
    assert result.stderr == ""
    assert not (tmp_path / "out").exists()


def test_a_file_too_large_is_refused_before_it_is_read(run, tmp_path):
    large = tmp_path / "large.jpg"
    with large.open("wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        file.truncate(5_000_000_000)

    result = run(large, tmp_path / "out")

    assert result.exit_code == 2
    assert "5000 MB" in json.loads(result.stdout)["refused"]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [("missing.jpg", "There is no file"), (".", "is not a file"), ("/dev/zero", "is not a file")],
)
def test_what_is_no_file_gets_a_sentence(run, tmp_path, source, sentence):
    result = run(tmp_path / source, tmp_path / "out")

    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_a_folder_that_cannot_be_written_gets_a_sentence(run, tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")

    for folder in (in_the_way, in_the_way / "below", "/proc/nothing"):
        result = run(FILES / "exif_gps_1x1px.png", folder)
        assert result.exit_code == 2  # it is far too small: said before anything is written
        result = run(FILES / "orient6_landscape.jpg", folder)
        assert result.exit_code == 1
        assert "cannot be written to" in result.stderr


def test_a_file_that_cannot_be_read_gets_a_sentence(run, tmp_path):
    # Nobody can read it, not even root: its first bytes belong to no memory.
    unreadable = Path("/proc/self/mem")

    assert "cannot be read" in run(unreadable, tmp_path / "out").stderr
