"""Every setting of the application, read once from the environment."""

import importlib.util
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import parse_qsl, urlsplit

ROOT = Path(__file__).resolve().parent

PublisherName = Literal["sandbox", "instagrapi", "graph"]

SHORTEST_SECRET = 32
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class ConfigError(Exception):
    """A setting is missing or cannot be used. The message is one line for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    secret_key: str = field(default="", repr=False)
    # Keys before this one: what they have sealed can still be read, and nothing new is.
    secret_key_fallbacks: tuple[str, ...] = field(default=(), repr=False)
    database_url: str = field(default=f"sqlite:///{ROOT}/var/takeover.db", repr=False)
    public_url: str = "http://127.0.0.1:8000"
    mail_url: str = field(default="outbox:", repr=False)
    mail_from: str = "takeover@localhost"
    media_url: str = str(ROOT / "var" / "media")
    uploads_path: str = str(ROOT / "var" / "uploads")
    upload_quota_mb: int = 10_000  # megabytes one person may send in seven days
    originals_days: int = 30  # days until originals are erased, after publishing or rejection
    queue_url: str = field(default=f"sqlite:///{ROOT}/var/queue.db", repr=False)
    publisher: PublisherName = "sandbox"
    # Where a stand-in for Instagram listens; unset: Instagram itself.
    instagram_graph_url: str | None = None
    instagram_rupload_url: str | None = None
    instagram_private_url: str | None = None
    instagram_graph_version: str = "v26.0"
    # The app at Meta by which people let us use an account; one for each of its two logins.
    facebook_app_id: str = ""
    facebook_app_secret: str = field(default="", repr=False)
    instagram_app_id: str = ""
    instagram_app_secret: str = field(default="", repr=False)
    publish_lease: int = 300  # seconds a worker may hold a post before another may look at it
    publish_patience: int = 600  # seconds a doubt is looked into before only a person can settle it
    # Where trouble is told besides by e-mail: addresses as Apprise writes them. They hold secrets.
    alarm_urls: tuple[str, ...] = field(default=(), repr=False)
    idle_minutes: int = 60  # a session ends after so long without a request
    trusted_proxies: int = 0  # how many proxies in front of us set X-Forwarded-*
    demo: bool = False

    @property
    def on_loopback(self) -> bool:
        return urlsplit(self.public_url).hostname in LOOPBACK

    @property
    def https(self) -> bool:
        return self.public_url.startswith("https://")

    def require_secret_key(self) -> None:
        """Raises ConfigError unless there is a key that sessions may be signed with."""
        if not self.secret_key:
            raise ConfigError(
                "SECRET_KEY is missing. Set it to a random text of at least "
                f"{SHORTEST_SECRET} characters, for example the output of: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
        if len(self.secret_key) < SHORTEST_SECRET or len(set(self.secret_key)) < 10:
            raise ConfigError(
                f"SECRET_KEY is too weak. It needs at least {SHORTEST_SECRET} random characters, "
                "for example the output of: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings. Raises ConfigError for a value that cannot be used."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    default = Settings()
    chosen = Settings(
        secret_key=given.get("SECRET_KEY", ""),
        secret_key_fallbacks=tuple(
            key for key in map(str.strip, given.get("SECRET_KEY_FALLBACKS", "").split(",")) if key
        ),
        database_url=_database_url(given.get("DATABASE_URL", default.database_url)),
        public_url=_public_url(given.get("PUBLIC_URL", default.public_url)),
        mail_url=_mail_url(given.get("MAIL_URL", default.mail_url)),
        mail_from=given.get("MAIL_FROM", default.mail_from),
        media_url=_media_url(given.get("MEDIA_URL", default.media_url), given),
        uploads_path=given.get("UPLOADS_PATH", default.uploads_path),
        upload_quota_mb=_whole(given, "UPLOAD_QUOTA_MB", default.upload_quota_mb),
        originals_days=_whole(given, "ORIGINALS_DAYS", default.originals_days),
        queue_url=_queue_url(given.get("QUEUE_URL", default.queue_url)),
        publisher=_publisher(given.get("PUBLISHER", default.publisher)),
        instagram_graph_url=_stand_in(given, "INSTAGRAM_GRAPH_URL"),
        instagram_rupload_url=_stand_in(given, "INSTAGRAM_RUPLOAD_URL"),
        instagram_private_url=_stand_in(given, "INSTAGRAM_PRIVATE_URL"),
        instagram_graph_version=_version(
            given.get("INSTAGRAM_GRAPH_VERSION", default.instagram_graph_version)
        ),
        facebook_app_id=given.get("FACEBOOK_APP_ID", ""),
        facebook_app_secret=given.get("FACEBOOK_APP_SECRET", ""),
        instagram_app_id=given.get("INSTAGRAM_APP_ID", ""),
        instagram_app_secret=given.get("INSTAGRAM_APP_SECRET", ""),
        publish_lease=_whole(given, "PUBLISH_LEASE", default.publish_lease),
        publish_patience=_whole(given, "PUBLISH_PATIENCE", default.publish_patience),
        alarm_urls=tuple(given.get("ALARM_URLS", "").split()),
        idle_minutes=_whole(given, "IDLE_MINUTES", default.idle_minutes),
        trusted_proxies=_whole(given, "TRUSTED_PROXIES", default.trusted_proxies, least=0),
        demo=given.get("DEMO") == "1",
    )
    if chosen.demo and not chosen.on_loopback:
        raise ConfigError(
            "DEMO=1 lets everybody be anybody with one click: it runs on this machine only, "
            "and PUBLIC_URL must say so, as http://127.0.0.1:8000 does"
        )
    return chosen


def _database_url(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    if scheme in {"postgresql+psycopg", "sqlite"}:
        return value
    raise ConfigError("DATABASE_URL must begin with sqlite:/// or postgresql://")


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError("PUBLIC_URL must be a whole address such as https://takeover.example.com")
    return value.rstrip("/")


def _mail_url(value: str) -> str:
    if value != "outbox:" and urlsplit(value).scheme not in {"smtp", "smtps"}:
        raise ConfigError("MAIL_URL must be outbox: or smtp://user:password@host:port")
    return value


def _media_url(value: str, given: Mapping[str, str]) -> str:
    parts = urlsplit(value)
    if "://" not in value or parts.scheme == "file":
        return value
    if parts.scheme != "s3" or not parts.hostname:
        raise ConfigError(
            "MEDIA_URL must be a folder or s3://bucket/prefix?region=…&endpoint=https://…"
        )
    endpoint = dict(parse_qsl(parts.query)).get("endpoint") or given.get("AWS_ENDPOINT_URL")
    if endpoint and not is_private(endpoint):
        raise ConfigError(
            "the endpoint of MEDIA_URL must begin with https://: pictures are private"
        )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        if name not in given:
            raise ConfigError(f"MEDIA_URL=s3://… needs {name} in the environment")
    return value


def is_private(address: str) -> bool:
    """Whether nobody on the way reads what is sent there: it is encrypted, or leaves no machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _queue_url(value: str) -> str:
    scheme = urlsplit(value).scheme
    if scheme not in {"now", "sqlite", "postgres", "postgresql", "redis", "rediss"}:
        raise ConfigError("QUEUE_URL must begin with sqlite:///, postgresql:// or redis://")
    if scheme.startswith("redis") and importlib.util.find_spec("redis") is None:
        raise ConfigError("QUEUE_URL=redis://… needs the package redis: pip install redis")
    return value


def _stand_in(given: Mapping[str, str], name: str) -> str | None:
    value = given.get(name)
    if value and not is_private(value):
        raise ConfigError(
            f"{name} must begin with https://, or http:// on this very machine: keys go there"
        )
    return value.rstrip("/") if value else None


def _version(value: str) -> str:
    if not re.fullmatch(r"v[1-9][0-9]\.0", value):
        raise ConfigError("INSTAGRAM_GRAPH_VERSION must be a version such as v26.0")
    return value


def _publisher(value: str) -> PublisherName:
    for name in get_args(PublisherName):
        if value == name:
            return name  # type: ignore[no-any-return]  # get_args is untyped
    raise ConfigError(f"PUBLISHER must be one of {', '.join(get_args(PublisherName))}")


def _whole(given: Mapping[str, str], name: str, default: int, *, least: int = 1) -> int:
    value = given.get(name)
    if value is None:
        return default
    if not value.isdecimal() or int(value) < least:
        raise ConfigError(f"{name} must be a whole number of at least {least}")
    return int(value)
