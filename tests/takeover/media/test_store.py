"""The store keeps what it is given, for nobody else to see, and nothing outside its place."""

import os
import signal
import stat
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from takeover.media.store import NotAKey, NotStored, open_store
from takeover.media.storing.folder import Folder
from tests import buckets

DATA = b"what a phone sent" * 1000
DIGEST = sha256(DATA).hexdigest()
OURS = f"{sha256(b'x').hexdigest()[:2]}/{sha256(b'x').hexdigest()}.jpg"
ELSEWHERE = f"ab/{sha256(b'x').hexdigest()}.jpg"
MEGABYTE = 1_000_000
NUMBERS = count()


@pytest.fixture(scope="module")
def s3():
    with buckets.running() as server:
        yield server


@pytest.fixture(params=["folder", "bucket"])
def url(request, tmp_path):
    if request.param == "bucket":
        return buckets.make_bucket(request.getfixturevalue("s3"), f"media-{next(NUMBERS)}")
    return str(tmp_path / "media")


@pytest.fixture
def store(url):
    return open_store(url)


@pytest.fixture
def folder(tmp_path):
    return open_store(str(tmp_path / "media"))


@pytest.fixture
def sent(tmp_path):
    """A file that has come as a whole, outside the store."""
    path = tmp_path / "an upload"
    path.write_bytes(DATA)
    return path


def test_it_gives_back_the_same_bytes(store):
    key = store.put(DATA, suffix=".jpg")

    assert store.get(key) == DATA
    assert store.exists(key)
    assert store.size(key) == len(DATA)
    assert abs(store.modified(key) - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_folder_has_a_path_and_a_url(tmp_path):
    folder = tmp_path / "media files"
    key = open_store(folder.as_uri()).put(DATA, suffix=".jpg")

    assert open_store(str(folder)).get(key) == DATA


def test_the_key_is_relative_and_made_of_the_content(store):
    assert store.put(DATA, suffix=".jpg") == f"{DIGEST[:2]}/{DIGEST}.jpg"


def test_the_same_bytes_are_kept_once(store):
    keys = {store.put(DATA, suffix=".jpg") for _ in range(3)}

    assert keys == {key for key, _, _ in store.contents()}


def test_a_file_a_power_cut_left_short_is_written_again(folder):
    key = folder.put(DATA, suffix=".jpg")
    (folder.folder / key).write_bytes(DATA[:10])
    folder.put(DATA, suffix=".jpg")

    assert folder.get(key) == DATA


def test_it_takes_a_finished_file_in(store, sent):
    key = store.take(sent, digest=DIGEST, suffix=".jpg")

    assert store.get(key) == DATA
    assert not sent.exists()
    assert [(key, len(DATA))] == [(key, size) for key, size, _ in store.contents()]


def test_it_takes_what_it_has_already_and_keeps_it_once(store, sent):
    store.put(DATA, suffix=".jpg")
    key = store.take(sent, digest=DIGEST, suffix=".jpg")

    assert not sent.exists()
    assert [key] == [key for key, _, _ in store.contents()]


def test_what_comes_once_more_counts_as_new(folder, sent):
    """Whoever erases what nobody names must not erase what somebody has just sent."""
    key = folder.put(DATA, suffix=".jpg")
    os.utime(folder.folder / key, (0, 0))

    folder.take(sent, digest=DIGEST, suffix=".jpg")

    assert folder.modified(key) > datetime.now(UTC) - timedelta(minutes=1)


def test_what_is_taken_counts_as_new_however_old_it_was(store, sent):
    os.utime(sent, (0, 0))

    key = store.take(sent, digest=DIGEST, suffix=".jpg")

    assert store.modified(key) > datetime.now(UTC) - timedelta(minutes=1)


def test_it_forgets_what_is_old_and_nothing_else(store):
    key, at = store.put(DATA, suffix=".jpg"), datetime.now(UTC)

    assert not store.delete_old(key, before=at - timedelta(minutes=1))
    assert store.get(key) == DATA
    assert store.delete_old(key, before=at + timedelta(minutes=1))
    assert list(store.contents()) == []
    with pytest.raises(NotStored):
        store.delete_old(key, before=at)


def test_what_was_old_when_it_was_looked_at_and_is_new_when_it_goes_stays(folder, monkeypatch):
    """Somebody sends it once more in just that moment."""
    key = folder.put(DATA, suffix=".jpg")
    os.utime(folder.folder / key, (0, 0))
    look, hour_ago = Folder.modified, datetime.now(UTC) - timedelta(hours=1)

    def look_and_be_slow(self, key):
        old = look(self, key)
        folder.put(DATA, suffix=".jpg")
        return old

    monkeypatch.setattr(Folder, "modified", look_and_be_slow)

    assert not folder.delete_old(key, before=hour_ago)
    assert folder.get(key) == DATA
    assert len(files_in(folder.folder)) == 1


def test_a_copy_from_a_bucket_lies_where_there_is_room(s3, tmp_path, monkeypatch):
    url, spool = buckets.make_bucket(s3, f"media-{next(NUMBERS)}"), tmp_path / "uploads"
    store = open_store(url, spool=spool)
    key = store.put(DATA, suffix=".jpg")
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")

    with store.open(key) as file:
        assert file.read() == DATA
        assert os.fstat(file.fileno()).st_dev == spool.stat().st_dev
    assert list(spool.iterdir()) == []


def test_it_takes_a_file_from_another_file_system(folder):
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == folder.folder.stat().st_dev:
        pytest.skip("this machine has one file system")
    sent = shared / f"takeover-test-{os.getpid()}"
    sent.write_bytes(DATA)

    key = folder.take(sent, digest=DIGEST, suffix=".mov")

    assert folder.get(key) == DATA
    assert not sent.exists()
    assert len(files_in(folder.folder)) == 1
    assert stat.S_IMODE((folder.folder / key).stat().st_mode) == 0o600


@pytest.mark.parametrize("digest", ["", "../../x", DIGEST.upper(), DIGEST[:-1], DIGEST + "\n"])
def test_it_takes_nothing_under_a_digest_that_is_none(store, sent, digest):
    with pytest.raises(ValueError, match="SHA-256"):
        store.take(sent, digest=digest, suffix=".jpg")
    assert sent.exists()


def test_thirty_megabytes_go_in_and_come_out(store, tmp_path):
    blocks = [os.urandom(MEGABYTE) for _ in range(30)]
    digest = sha256(b"".join(blocks)).hexdigest()
    (tmp_path / "long.mov").write_bytes(b"".join(blocks))

    key = store.take(tmp_path / "long.mov", digest=digest, suffix=".mov")

    again = sha256()
    for block in store.read(key, 0, store.size(key)):
        assert len(block) <= 2 * MEGABYTE
        again.update(block)
    assert again.hexdigest() == digest
    with store.open(key) as file:
        file.seek(29 * MEGABYTE)
        assert file.read() == blocks[29]


def test_an_open_file_is_a_real_one(store):
    key = store.put(DATA, suffix=".jpg")

    with store.open(key) as file:
        assert file.seekable()
        assert os.pread(file.fileno(), 20, 17) == DATA[17:37]
        assert file.read() == DATA


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (5, 5), (17, 300), (0, len(DATA)), (len(DATA) - 1, len(DATA))]
)
def test_it_reads_any_part(store, start, end):
    key = store.put(DATA, suffix=".jpg")

    assert b"".join(store.read(key, start, end)) == DATA[start:end]


def test_it_lists_what_it_has_and_nothing_else(store):
    keys = sorted(store.put(bytes([i]) * i, suffix=".png") for i in range(1, 40))

    assert [key for key, _, _ in store.contents()] == keys
    assert sum(size for _, size, _ in store.contents()) == sum(range(1, 40))


def test_what_others_put_into_its_folder_is_not_its_own(folder):
    key = folder.put(DATA, suffix=".jpg")
    (folder.folder / "lost+found").mkdir()
    (folder.folder / "notes.txt").write_text("mine")
    (folder.folder / key[:2] / "notes.txt").write_text("mine")

    assert [one for one, _, _ in folder.contents()] == [key]


def test_it_forgets_and_does_not_mind_being_asked_twice(store):
    key = store.put(DATA, suffix=".jpg")
    store.delete(key)
    store.delete(key)

    assert not store.exists(key)
    for ask in (store.get, store.open, store.size, store.modified):
        with pytest.raises(NotStored):
            ask(key)
    with pytest.raises(NotStored):
        store.read(key, 0, 10)


def test_nobody_else_on_the_machine_can_read_it(folder, sent):
    sent.chmod(0o666)
    keys = folder.put(b"other", suffix=".jpg"), folder.take(sent, digest=DIGEST, suffix=".jpg")

    for file in (folder.folder / key for key in keys):
        modes = [stat.S_IMODE(path.stat().st_mode) for path in (folder.folder, file.parent, file)]
        assert modes == [0o700, 0o700, 0o600]


@pytest.mark.parametrize(
    "key",
    [
        "",
        ".",
        "ab",
        "a\0b",
        "ab\\c",
        "../secret",
        "/etc/passwd",
        "ab/../../secret",
        "ab/%2e%2e/c",
        ELSEWHERE,
        ELSEWHERE.upper(),
        OURS + "\n",
    ],
)
def test_it_refuses_what_was_never_a_key(store, tmp_path, key):
    (tmp_path / "secret").write_bytes(b"secret")

    for ask in (
        store.get,
        store.open,
        store.size,
        store.modified,
        store.exists,
        store.delete,
        lambda key: store.delete_old(key, before=datetime.now(UTC)),
    ):
        with pytest.raises(NotAKey):
            ask(key)
    with pytest.raises(NotAKey):
        store.read(key, 0, 1)
    assert (tmp_path / "secret").exists()


@pytest.mark.parametrize("suffix", ["", "jpg", ".", "/../x", ".JPG", ".j/g", ".jpg\n"])
def test_it_refuses_a_suffix_that_is_none(store, suffix):
    with pytest.raises(ValueError, match="suffix"):
        store.put(DATA, suffix=suffix)


def test_a_killed_writer_leaves_nothing_half_under_a_key(url):
    for patience in (0.02, 0.05, 0.08, 0.11, 0.14):  # seconds; it needs about 0.1 for each
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITING, url], stdout=subprocess.PIPE, cwd=Path.cwd()
        )
        with writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(patience)
            writer.send_signal(signal.SIGKILL)

    store = open_store(url)
    for key, size, _ in store.contents():
        assert size == 20 * MEGABYTE
        assert sha256(store.get(key)).hexdigest() in key


# One file after the other, each of its own.
WRITING = """
import itertools, os, sys
from takeover.media.store import open_store
store = open_store(sys.argv[1])
some = os.urandom(1_000_000)
for i in itertools.count():
    print("begun", flush=True)
    store.put((os.urandom(8) + some[8:]) + some * 19, suffix=".mov")
"""


def test_what_a_killed_writer_began_is_cleared_a_while_later(folder):
    folder.put(DATA, suffix=".jpg")
    left = folder.folder / ".unfinished" / "of one who died"
    left.write_bytes(DATA[:100])

    folder.clear_unfinished(before=datetime.now(UTC) - timedelta(hours=1))
    assert left.exists()
    folder.clear_unfinished(before=datetime.now(UTC) + timedelta(hours=1))
    assert not left.exists()


def test_two_processes_storing_the_same_file_at_once_both_succeed(url):
    code = (
        "import sys; from takeover.media.store import open_store; s = open_store(sys.argv[1]);"
        "[s.put(bytes([i]) * 100_000, suffix='.jpg') for i in range(40)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]

    assert [writer.wait(20) for writer in writers] == [0, 0]
    assert [size for _, size, _ in open_store(url).contents()] == [100_000] * 40


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://example.org/x", "a folder"),
        ("file://elsewhere/x", "a folder"),
        ("s3:///no/bucket", "s3://bucket"),
        ("s3://bucket?key=secret", "s3://bucket"),
        ("s3://bucket?endpoint=http://store.example.org", "https"),
        ("s3://bucket?endpoint=http://127.0.0.1.example.org", "https"),
        ("s3://bucket?endpoint=ftp://127.0.0.1", "https"),
    ],
)
def test_it_says_which_places_it_cannot_open(monkeypatch, url, sentence):
    for name, value in buckets.CREDENTIALS.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(ValueError, match=sentence):
        open_store(url)


@pytest.mark.parametrize("missing", buckets.CREDENTIALS)
def test_a_bucket_without_credentials_says_which_are_missing(monkeypatch, missing):
    for name, value in buckets.CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv(missing)

    with pytest.raises(ValueError, match=missing):
        open_store("s3://bucket/of-nobody")


def test_a_bucket_that_does_not_answer_or_is_not_there_is_an_error_of_its_own(s3, sent):
    nowhere = open_store("s3://bucket?endpoint=http://127.0.0.1:9")
    missing = open_store(f"s3://never-made?endpoint={s3}")

    with pytest.raises(OSError, match="from the bucket"):
        nowhere.get(OURS)
    for store in (nowhere, missing):
        with pytest.raises(OSError, match="bucket"):
            store.take(sent, digest=DIGEST, suffix=".jpg")
        assert sent.exists()


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]
