"""The store keeps what it is given, for nobody else to see, and nothing outside its folder."""

import stat
import subprocess
import sys
from hashlib import sha256

import pytest

from takeover.media.store import NotAKey, NotStored, open_store

DATA = b"what a phone sent" * 1000
OURS = f"{sha256(b'x').hexdigest()[:2]}/{sha256(b'x').hexdigest()}.jpg"
ELSEWHERE = f"ab/{sha256(b'x').hexdigest()}.jpg"


@pytest.fixture(params=["path", "url"])
def store(request, tmp_path):
    folder = tmp_path / "media files"
    return open_store(str(folder) if request.param == "path" else folder.as_uri())


def test_it_gives_back_the_same_bytes(store):
    key = store.put(DATA, suffix=".jpg")

    assert store.get(key) == DATA
    assert store.exists(key)


def test_the_key_is_relative_and_made_of_the_content(store):
    digest = sha256(DATA).hexdigest()

    assert store.put(DATA, suffix=".jpg") == f"{digest[:2]}/{digest}.jpg"


def test_the_same_bytes_are_kept_once(store):
    keys = {store.put(DATA, suffix=".jpg") for _ in range(3)}

    assert len(keys) == 1
    assert len([path for path in store.folder.rglob("*") if path.is_file()]) == 1


def test_a_file_a_power_cut_left_short_is_written_again(store):
    key = store.put(DATA, suffix=".jpg")
    (store.folder / key).write_bytes(DATA[:10])
    store.put(DATA, suffix=".jpg")

    assert store.get(key) == DATA


def test_it_forgets_and_does_not_mind_being_asked_twice(store):
    key = store.put(DATA, suffix=".jpg")
    store.delete(key)
    store.delete(key)

    assert not store.exists(key)
    with pytest.raises(NotStored):
        store.get(key)


def test_nobody_else_on_the_machine_can_read_it(store):
    key = store.put(DATA, suffix=".jpg")

    file = store.folder / key
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (store.folder, file.parent, file)]
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
def test_it_refuses_what_was_never_a_key(store, key):
    (store.folder.parent / "secret").write_bytes(b"secret")

    for ask in (store.get, store.exists, store.delete):
        with pytest.raises(NotAKey):
            ask(key)
    assert (store.folder.parent / "secret").exists()


@pytest.mark.parametrize("suffix", ["", "jpg", ".", "/../x", ".JPG", ".j/g", ".jpg\n"])
def test_it_refuses_a_suffix_that_is_none(store, suffix):
    with pytest.raises(ValueError, match="suffix"):
        store.put(DATA, suffix=suffix)


@pytest.mark.parametrize("url", ["s3://bucket/x", "https://example.org/x", "file://elsewhere/x"])
def test_it_says_which_places_it_cannot_open_yet(url):
    with pytest.raises(ValueError, match="folder"):
        open_store(url)


def test_two_processes_storing_the_same_file_at_once_both_succeed(tmp_path):
    code = (
        "import sys; from takeover.media.store import open_store; s = open_store(sys.argv[1]);"
        "[s.put(bytes([i]) * 100_000, suffix='.jpg') for i in range(40)]"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)]) for _ in range(2)]

    assert [writer.wait(20) for writer in writers] == [0, 0]
    store = open_store(str(tmp_path))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == 40
    assert {len(store.get(f"{path.parent.name}/{path.name}")) for path in files} == {100_000}
