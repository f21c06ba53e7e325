"""What a newcomer meets first: run.py, the locked versions, and the files around the code."""

import ast
import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import run
from deploy import demo

ROOT = Path(__file__).resolve().parent.parent
TARGETS = {"setup", "demo", "test", "check", "torture", "bench", "help"}


def call(*words, python=sys.executable, **how):
    return subprocess.run(
        [python, *map(str, words)], capture_output=True, text=True, cwd=ROOT, check=False, **how
    )


def call_demo(*words):
    return call("-m", "deploy.demo", *words)


# --- run.py ---


@pytest.mark.parametrize("word", ["help", "--help"])
def test_help_lists_every_target_with_a_line(word):
    answer = call("run.py", word)
    listed = dict(re.findall(r"^  (\w+) +(\S.*)$", answer.stdout, re.MULTILINE))
    assert answer.returncode == 0
    assert set(listed) == TARGETS


def test_an_unknown_target_gets_a_sentence():
    answer = call("run.py", "launch")
    assert answer.returncode == 2
    assert answer.stderr == "There is no target 'launch'. 'python3 run.py help' lists them all.\n"


def test_words_that_a_target_does_not_know_get_a_sentence():
    answer = call("run.py", "setup", "now")
    assert answer.returncode == 2
    assert "takes no more words" in answer.stderr


def test_an_older_python_is_told_what_is_missing():
    ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 7))
    older = (
        "import sys, runpy; sys.version_info = (3, 9, 2, 'final', 0); sys.argv = ['run.py'];"
        "runpy.run_path('run.py', run_name='__main__')"
    )
    answer = call("-c", older)
    assert answer.returncode == 1
    assert answer.stderr.startswith("Takeover needs Python 3.11 or newer; ")
    assert "3.9.2" in answer.stderr


def test_the_makefile_has_the_same_names():
    made = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", made, re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == set(run.TARGETS) == TARGETS


# --- the environment ---

WORKING_UV = """#!/bin/sh
echo "$1" >> "{log}"
sleep 0.2
if [ "$1" = venv ]; then mkdir -p .venv/bin && ln -s "{python}" .venv/bin/python; fi
"""
OFFLINE_UV = "#!/bin/sh\necho 'error: error sending request for url (dns error)' >&2\nexit 2\n"


@pytest.fixture
def project(tmp_path):
    """A project of run.py and locks alone, and a PATH with only what is put there."""
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("run.py", "requirements.txt", "requirements-test.txt"):
        shutil.copy(ROOT / name, folder)
    (tmp_path / "bin").mkdir()
    for name in ("sh", "mkdir", "ln", "sleep"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    return folder


def put_uv(project, text):
    uv = project.parent / "bin" / "uv"
    uv.write_text(text.format(log=project / "uv.log", python=sys.executable))
    uv.chmod(0o755)


def start_setup(project):
    return subprocess.Popen(
        [sys.executable, project / "run.py", "setup"],
        env={**os.environ, "PATH": str(project.parent / "bin")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def set_up(project):
    with start_setup(project) as process:
        out, err = process.communicate()
    return process.returncode, out + err


def test_it_sets_up_once(project):
    put_uv(project, WORKING_UV)
    assert set_up(project)[0] == 0
    assert set_up(project)[0] == 0
    assert (project / "uv.log").read_text().split() == ["venv", "pip"]


def test_it_makes_a_half_made_environment_again(project):
    put_uv(project, WORKING_UV)
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "half").touch()
    assert set_up(project)[0] == 0
    assert not (project / ".venv" / "half").exists()


def test_it_sets_up_again_when_the_lock_changes(project):
    put_uv(project, WORKING_UV)
    set_up(project)
    with (project / "requirements.txt").open("a") as lock:
        lock.write("# changed\n")
    with (project / "requirements-test.txt").open("a") as lock:
        lock.write("# changed\n")
    set_up(project)
    assert (project / "uv.log").read_text().split() == ["venv", "pip", "venv", "pip"]


def test_two_at_once_set_up_once(project):
    put_uv(project, WORKING_UV)
    with start_setup(project) as one, start_setup(project) as other:
        assert one.communicate()[1] == other.communicate()[1] == ""
    assert one.returncode == other.returncode == 0
    assert (project / "uv.log").read_text().split() == ["venv", "pip"]


def test_it_says_when_the_package_index_cannot_be_reached(project):
    put_uv(project, OFFLINE_UV)
    code, said = set_up(project)
    assert code == 1
    assert "the package index cannot be reached" in said
    assert "Traceback" not in said


# --- the demo's folder and port ---


@pytest.mark.parametrize("words", [[], ["--reset"]])
def test_a_demo_leaves_a_foreign_folder_alone(tmp_path, words):
    (tmp_path / "thesis.txt").write_text("years of work")
    answer = call_demo("--folder", tmp_path, *words)
    assert answer.returncode == 2
    assert "holds things that no demo made" in answer.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_demo_does_not_take_a_file_for_a_folder(tmp_path):
    (tmp_path / "file").touch()
    answer = call_demo("--folder", tmp_path / "file")
    assert answer.returncode == 2
    assert "is a file" in answer.stderr


def test_a_folder_belongs_to_one_demo_at_a_time(tmp_path):
    with demo.claimed(tmp_path / "demo"):
        answer = call_demo("--folder", tmp_path / "demo", "--reset")
    assert answer.returncode == 2
    assert "A demo is running in" in answer.stderr


def test_a_reset_empties_the_folder_and_nothing_that_it_links_to(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.jpg").touch()
    folder = tmp_path / "demo"
    with demo.claimed(folder):
        (folder / "takeover.db").touch()
        (folder / "media").mkdir()
        (folder / "media" / "photo.jpg").touch()
        (folder / "link").symlink_to(elsewhere)
        demo.empty(folder)
    assert [path.name for path in folder.iterdir()] == [demo.MARKER]
    assert (elsewhere / "kept.jpg").exists()


def test_a_demo_says_that_its_port_is_taken(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = call_demo("--folder", tmp_path / "demo", "--port", port)
    assert answer.returncode == 2
    assert answer.stderr == f"Port {port} is taken. Choose another with --port.\n"
    assert not (tmp_path / "demo").exists()


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_demo_says_what_is_no_port(tmp_path, port):
    answer = call_demo("--folder", tmp_path / "demo", "--port", port)
    assert answer.returncode == 2
    assert f"{port} is not a port" in answer.stderr


def test_a_demo_without_a_port_takes_the_next_free_one():
    with demo.listen(None) as first, demo.listen(None) as second:
        assert first.getsockname()[1] < second.getsockname()[1]


def test_a_demos_key_is_made_once_and_nobody_elses_to_read(tmp_path):
    key = demo.secret_key(tmp_path / "key")
    assert demo.secret_key(tmp_path / "key") == key
    assert len(key) >= 32
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_demo_touches_nothing_that_the_shell_points_at(tmp_path, monkeypatch):
    for name in (
        "ALARM_URLS", "DATABASE_URL", "FACEBOOK_APP_SECRET", "INSTAGRAM_GRAPH_URL", "MAIL_URL",
        "INSTAGRAM_PRIVATE_URL", "MEDIA_URL", "QUEUE_URL",
    ):  # fmt: skip
        monkeypatch.setenv(name, "production")
    assert "production" not in demo.environment(tmp_path, "http://127.0.0.1:8000").values()


def test_a_demo_may_use_a_stand_in_for_instagram_on_this_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("INSTAGRAM_GRAPH_URL", "http://127.0.0.1:8010")
    monkeypatch.setenv("INSTAGRAM_PRIVATE_URL", "https://proxy.example.com")
    monkeypatch.setenv("FACEBOOK_APP_SECRET", "the stand-in's")

    given = demo.environment(tmp_path, "http://127.0.0.1:8000")

    assert given["INSTAGRAM_GRAPH_URL"] == "http://127.0.0.1:8010"
    assert given["FACEBOOK_APP_SECRET"] == "the stand-in's"
    assert "INSTAGRAM_PRIVATE_URL" not in given


@pytest.mark.parametrize("name", ["INSTAGRAM_GRAPH_URL", "INSTAGRAM_PRIVATE_URL"])
def test_a_demo_with_a_stand_in_publishes_where_the_shell_says(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setenv("PUBLISHER", "graph")
    assert demo.environment(tmp_path, "http://127.0.0.1:8000")["PUBLISHER"] == "sandbox"
    demo.say_what_is_left_out()
    assert "Left out: PUBLISHER. A demo knows no" in capsys.readouterr().out

    monkeypatch.setenv(name, "http://127.0.0.1:8010")

    assert demo.environment(tmp_path, "http://127.0.0.1:8000")["PUBLISHER"] == "graph"
    demo.say_what_is_left_out()
    assert capsys.readouterr().out == ""


def test_a_demo_has_a_command_of_its_own_that_knows_its_settings(tmp_path, monkeypatch):
    folder = tmp_path / "a demo's"
    folder.mkdir()
    monkeypatch.setenv("PUBLISHER", "rubbish")
    demo.write_command(folder, "http://127.0.0.1:8000")
    command = folder / "flask"
    assert command.stat().st_mode & 0o777 == 0o700
    assert (folder / "secret-key").read_text() not in command.read_text()

    def run(*words):
        return subprocess.run(
            [command, *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )

    assert run("db", "upgrade").returncode == 0
    assert run("publish", "status", "--json").stdout == "[]\n"
    assert (folder / "takeover.db").exists()


STARTER = """
import sys, time
from deploy.group import Group
with Group() as group:
    print(group.start(["sleep", "60"]).pid, flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_nothing_outlives_the_one_that_started_it(number):
    with subprocess.Popen(
        [sys.executable, "-c", STARTER],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as starter:
        assert starter.stdout is not None
        child = int(starter.stdout.readline())
        starter.send_signal(number)
        starter.wait()
    deadline = time.monotonic() + 5
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(child)


def is_running(process):
    """A process that ended and that nobody has asked after yet does not run."""
    answer = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(process)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() != "" and not answer.stdout.startswith("Z")


# --- the files around the code ---


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_a_lock_names_versions_and_hashes_and_no_host(name):
    text = (ROOT / name).read_text()
    pins = re.findall(r"^[\w.-]+==\S+(?: ; .*?)? \\\n    --hash=sha256:[0-9a-f]{64}", text, re.M)
    names = re.findall(r"^[A-Za-z]", text, re.MULTILINE)
    assert len(pins) == len(names) > 20
    assert not re.search(r"https?:|--(?:extra-)?index-url|--find-links| @ ", text)


def test_the_tests_lock_holds_all_that_the_applications_does():
    application, tests = (
        set(re.findall(r"^[\w.-]+==[^\s\\]+", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-test.txt")
    )
    assert application < tests


def test_every_part_of_takeover_stands_in_a_layer():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    named = set(re.findall(r"[\w.]+", " ".join(layers)))
    parts = {
        f"takeover.{path.stem}"
        for path in (ROOT / "takeover").iterdir()
        if (path / "__init__.py").exists() or (path.suffix == ".py" and path.stem != "__init__")
    }
    assert parts <= named


def test_the_settings_import_nothing_of_ours():
    tree = ast.parse((ROOT / "config.py").read_text())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names


def test_every_setting_is_explained_to_operators():
    read = set(re.findall(r'"([A-Z][A-Z_]{3,})"', (ROOT / "config.py").read_text()))
    read |= set(re.findall(r'environ\.get\("(\w+)"', (ROOT / "gunicorn.conf.py").read_text()))
    explained = re.findall(r"^#?([A-Z_]+)=", (ROOT / "deploy/env.example").read_text(), re.M)
    assert read <= set(explained)
    assert len(explained) == len(set(explained))


def test_the_web_logs_no_paths_unless_asked(monkeypatch):
    monkeypatch.delenv("ACCESS_LOG", raising=False)
    assert runpy.run_path(str(ROOT / "gunicorn.conf.py"))["accesslog"] is None
