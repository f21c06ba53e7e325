import os
import subprocess
import sys

import pytest

from config import ROOT, ConfigError, Settings, from_environment

GOOD = "k3y-" + "abcdefghijklmnopqrstuvwxyz0123456789"


def test_everything_has_an_embedded_default():
    settings = from_environment({})

    assert settings.database_url.startswith("sqlite:///")
    assert settings.publisher == "sandbox"
    assert settings.mail_url == "outbox:"
    assert not settings.demo


def test_a_postgresql_address_uses_the_driver_we_ship():
    assert (
        from_environment({"DATABASE_URL": "postgresql://u:p@h/d"}).database_url
        == "postgresql+psycopg://u:p@h/d"
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://h/d", "DATABASE_URL must begin"),
        ("PUBLIC_URL", "takeover.example.com", "PUBLIC_URL must be a whole address"),
        ("MAIL_URL", "http://mail", "MAIL_URL must be"),
        ("MEDIA_URL", "ftp://files", "MEDIA_URL must be a folder"),
        ("MEDIA_URL", "s3:///prefix", "MEDIA_URL must be a folder"),
        ("MEDIA_URL", "s3://bucket", "needs AWS_ACCESS_KEY_ID"),
        ("MEDIA_URL", "s3://bucket?endpoint=http://s3.example.com", "must begin with https"),
        ("QUEUE_URL", "amqp://rabbit", "QUEUE_URL must begin"),
        ("QUEUE_URL", "redis://cache", "needs the package redis"),
        ("PUBLISHER", "carrier-pigeon", "PUBLISHER must be one of"),
        ("INSTAGRAM_GRAPH_URL", "http://stand-in.example.com", "must begin with https"),
        ("INSTAGRAM_PRIVATE_URL", "ftp://127.0.0.1", "must begin with https"),
        ("INSTAGRAM_GRAPH_VERSION", "26", "must be a version such as v26.0"),
        ("PUBLISH_LEASE", "soon", "PUBLISH_LEASE must be a whole number"),
        ("PUBLISH_LEASE", "0", "PUBLISH_LEASE must be a whole number"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name, value, says):
    with pytest.raises(ConfigError, match=says):
        from_environment({name: value})


@pytest.mark.parametrize(
    "url",
    [
        "/srv/media",
        "var/media",
        "file:///srv/media",
        "s3://bucket",
        "s3://bucket/prefix?region=eu-west-3&endpoint=https://s3.example.com",
        "s3://bucket?endpoint=http://127.0.0.1:9000",
    ],
)
def test_files_are_kept_in_a_folder_or_a_bucket(url):
    environ = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "MEDIA_URL": url}

    assert from_environment(environ).media_url == url


@pytest.mark.parametrize("key", ["", "secret", "a" * 64, "ab" * 32])
def test_a_missing_or_weak_key_is_refused(key):
    with pytest.raises(ConfigError, match=r"SECRET_KEY is (missing|too weak)"):
        Settings(secret_key=key).require_secret_key()


def test_a_good_key_is_taken():
    Settings(secret_key=GOOD).require_secret_key()


def test_the_demo_runs_on_ones_own_machine_only():
    assert from_environment({"DEMO": "1", "PUBLIC_URL": "http://127.0.0.1:8000"}).demo
    with pytest.raises(ConfigError, match="lets everybody be anybody"):
        from_environment({"DEMO": "1", "PUBLIC_URL": "https://takeover.example.com"})


def test_secrets_do_not_show_when_settings_are_printed():
    urls = {"MAIL_URL": "smtp://u:geheim@h", "QUEUE_URL": "postgresql://u:geheim@h/q"}
    apps = {"FACEBOOK_APP_SECRET": "geheim", "INSTAGRAM_APP_SECRET": "geheim"}
    shown = repr(from_environment({"SECRET_KEY": GOOD, **urls, **apps}))

    assert GOOD not in shown
    assert "geheim" not in shown


def load_the_web(environ):
    """As a server does it."""
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("key", [None, "changeme"])
def test_the_web_does_not_start_without_a_good_key_and_says_why_in_one_line(key, tmp_path):
    environ = {k: v for k, v in os.environ.items() if k not in {"SECRET_KEY", "DATABASE_URL"}}
    environ |= {"DATABASE_URL": f"sqlite:///{tmp_path}/t.db"}
    environ |= {"SECRET_KEY": key} if key else {}

    ended = load_the_web(environ)

    assert ended.returncode != 0
    assert ended.stderr.startswith("takeover: SECRET_KEY is ")
    assert len(ended.stderr.splitlines()) == 1
