"""The process environment, read once into one frozen object.

Nothing else reads the environment. A setting is added here, in `.env.example`
and in the deployment files; a test compares the three.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ("development", "production", "test")
MINIMUM_SECRET_BYTES = 32
DEFAULT_BRAND_NAME = "Keytag"
DEFAULT_BRAND_COLOR = "#1d4ed8"
# Values that appear in examples; a production start with one of them is refused.
EXAMPLE_SECRETS = frozenset({"change-me", "changeme", "secret", "keytag", "keytag-demo"})
# What libpq never speaks plainly with; `prefer`, its default, gives way to a server without TLS.
TLS_MODES = frozenset({"require", "verify-ca", "verify-full"})


class SettingsError(Exception):
    """The environment is incomplete or unsafe; the message lists every fault at once."""


@dataclass(frozen=True, slots=True)
class FeatureFlags:
    """Switches that hide a feature in the interface and answer 403 on each of its routes."""

    messaging: bool = True
    payments: bool = True
    # Cards on the customer's page: off where nobody says otherwise, on with the card processor's keys.
    payments_online: bool = False
    inspections: bool = True
    command_palette: bool = True
    brand_theming: bool = True


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the process was told by its environment.

    `environment` is KEYTAG_ENV; sizes are counts, times are seconds.
    """

    environment: str
    secret_key: str = field(repr=False)
    database_url: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)
    plain_hosts: tuple[str, ...] = ()
    public_url: str = "http://127.0.0.1:8080"
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: int = 0
    is_demo: bool = False
    log_level: str = "INFO"
    static_dir: Path = ROOT / "frontend" / "dist"
    database_pool_size: int = 16
    stream_cap: int = 200
    metrics_token: str | None = field(default=None, repr=False)
    boot_nonce: str | None = None
    release: str = "development"
    brand_name: str = DEFAULT_BRAND_NAME
    brand_color: str = DEFAULT_BRAND_COLOR
    workers: int = 8
    twilio_account_sid: str | None = None
    twilio_auth_token: str | None = field(default=None, repr=False)
    twilio_auth_token_previous: str | None = field(default=None, repr=False)
    twilio_messaging_service_sid: str | None = None
    twilio_from: str | None = None
    twilio_api_url: str = "https://api.twilio.com"
    twilio_answers_keywords: bool = False
    smtp_url: str | None = field(default=None, repr=False)
    smtp_from: str | None = None
    stripe_secret_key: str | None = field(default=None, repr=False)
    stripe_webhook_secret: str | None = field(default=None, repr=False)
    stripe_api_url: str = "https://api.stripe.com"
    # Photos are kept in the folder, or in the bucket where one is named.
    photo_folder: Path | None = None
    photo_bucket: str | None = None
    photo_bucket_region: str = "us-east-1"
    photo_bucket_key_id: str | None = None
    photo_bucket_secret: str | None = field(default=None, repr=False)
    photo_bucket_url: str | None = None
    rehearsal: str | None = None
    flags: FeatureFlags = FeatureFlags()

    @property
    def is_production(self) -> bool:
        """True where real shops work: cookies are Secure and unsafe settings refuse to start."""
        return self.environment == "production"

    @property
    def may_mail_plainly(self) -> bool:
        """True where the mail server may be spoken to without TLS: it is this machine, or named in `plain_hosts`."""
        return all(_is_private(host, self.plain_hosts) for host in _hosts(self.smtp_url or ""))


# Environment variable -> field of Settings. The order is the order of `.env.example`.
VARIABLES = {
    "KEYTAG_ENV": "environment",
    "KEYTAG_SECRET_KEY": "secret_key",
    "DATABASE_URL": "database_url",
    "REDIS_URL": "redis_url",
    "KEYTAG_PLAIN_HOSTS": "plain_hosts",
    "KEYTAG_PUBLIC_URL": "public_url",
    "KEYTAG_CORS_ORIGINS": "cors_origins",
    "KEYTAG_TRUSTED_PROXIES": "trusted_proxies",
    "KEYTAG_DEMO": "is_demo",
    "KEYTAG_LOG_LEVEL": "log_level",
    "KEYTAG_STATIC_DIR": "static_dir",
    "KEYTAG_DB_POOL": "database_pool_size",
    "KEYTAG_STREAM_CAP": "stream_cap",
    "KEYTAG_METRICS_TOKEN": "metrics_token",
    "KEYTAG_BOOT_NONCE": "boot_nonce",
    "KEYTAG_RELEASE": "release",
    "BRAND_NAME": "brand_name",
    "BRAND_COLOR": "brand_color",
    "KEYTAG_WORKERS": "workers",
    "TWILIO_ACCOUNT_SID": "twilio_account_sid",
    "TWILIO_AUTH_TOKEN": "twilio_auth_token",
    "TWILIO_AUTH_TOKEN_PREVIOUS": "twilio_auth_token_previous",
    "TWILIO_MESSAGING_SERVICE_SID": "twilio_messaging_service_sid",
    "TWILIO_FROM": "twilio_from",
    "TWILIO_API_URL": "twilio_api_url",
    "TWILIO_ANSWERS_KEYWORDS": "twilio_answers_keywords",
    "SMTP_URL": "smtp_url",
    "SMTP_FROM": "smtp_from",
    "STRIPE_SECRET_KEY": "stripe_secret_key",
    "STRIPE_WEBHOOK_SECRET": "stripe_webhook_secret",
    "STRIPE_API_URL": "stripe_api_url",
    "PHOTO_FOLDER": "photo_folder",
    "PHOTO_BUCKET": "photo_bucket",
    "PHOTO_BUCKET_REGION": "photo_bucket_region",
    "PHOTO_BUCKET_KEY_ID": "photo_bucket_key_id",
    "PHOTO_BUCKET_SECRET": "photo_bucket_secret",
    "PHOTO_BUCKET_URL": "photo_bucket_url",
    "KEYTAG_REHEARSAL": "rehearsal",
}
FLAG_VARIABLES = {
    "FF_MESSAGING": "messaging",
    "FF_PAYMENTS": "payments",
    "FF_PAYMENTS_ONLINE": "payments_online",
    "FF_INSPECTIONS": "inspections",
    "FF_COMMAND_PALETTE": "command_palette",
    "FF_BRAND_THEMING": "brand_theming",
}
_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment.

    Raises:
        SettingsError: a value is missing, malformed, or unsafe for production.
    """
    environ = os.environ if environ is None else environ
    faults: list[str] = []
    values: dict[str, object] = {}
    for variable, name in VARIABLES.items():
        text = environ.get(variable, "").strip()
        if text:
            try:
                values[name] = _convert(name, text)
            except ValueError as error:
                faults.append(f"{variable}: {error}")
    switches: dict[str, bool] = {}
    for variable, name in FLAG_VARIABLES.items():
        text = environ.get(variable, "").strip()
        if text:
            try:
                switches[name] = _boolean(text)
            except ValueError as error:
                faults.append(f"{variable}: {error}")
    for variable in ("KEYTAG_ENV", "KEYTAG_SECRET_KEY", "DATABASE_URL"):
        if VARIABLES[variable] not in values and not any(f.startswith(variable) for f in faults):
            faults.append(f"{variable}: is required; see .env.example")
    if faults:
        raise SettingsError("\n".join(faults))
    # Off unless there is a card processor; switched on without one it does not start.
    switches.setdefault("payments_online", bool(values.get("stripe_secret_key")))
    settings = Settings(flags=FeatureFlags(**switches), **values)  # type: ignore[arg-type]
    faults = _unsafe(settings)
    if faults:
        raise SettingsError("\n".join(faults))
    return settings


def _convert(name: str, text: str) -> object:
    convert = _CONVERTERS.get(name)
    return text if convert is None else convert(text)


def database_url(text: str) -> str:
    """Return a PostgreSQL address with the driver we use.

    Raises:
        ValueError: not a PostgreSQL address.
    """
    scheme, separator, rest = text.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        raise ValueError("must start with postgresql://")
    return f"postgresql+psycopg://{rest}"


def _boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(f"must be on or off, not {text!r}")


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError("must not be negative")
    return number


def _environment(text: str) -> str:
    if text not in ENVIRONMENTS:
        raise ValueError(f"must be one of {', '.join(ENVIRONMENTS)}, not {text!r}")
    return text


def _color(text: str) -> str:
    if len(text) != len("#rrggbb") or not text.startswith("#"):
        raise ValueError("must look like #1d4ed8")
    int(text[1:], 16)
    return text.lower()


def _phone(text: str) -> str:
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", text):
        raise ValueError("must be a number like +17185550100")
    return text


def _mail_server(text: str) -> str:
    if urlsplit(text).scheme not in {"smtp", "smtps"} or not urlsplit(text).hostname:
        raise ValueError("must start with smtp:// or smtps:// and name a host")
    return text


def _address(text: str) -> str:
    return text.rstrip("/")


def _origins(text: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())


def _host_names(text: str) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in text.split(",") if part.strip())


# Field -> what reads it; the others are text as it is.
_CONVERTERS: dict[str, Callable[[str], object]] = {
    "environment": _environment,
    "database_url": database_url,
    "cors_origins": _origins,
    "plain_hosts": _host_names,
    "trusted_proxies": _count,
    "database_pool_size": _count,
    "stream_cap": _count,
    "workers": _count,
    "is_demo": _boolean,
    "twilio_answers_keywords": _boolean,
    "static_dir": Path,
    "photo_folder": Path,
    "photo_bucket_url": _address,
    "brand_color": _color,
    "public_url": _address,
    "twilio_api_url": _address,
    "stripe_api_url": _address,
    "twilio_from": _phone,
    "smtp_url": _mail_server,
}


def _unsafe(settings: Settings) -> list[str]:
    """Name what must not run: short secrets anywhere, example values and demo data in production."""
    faults = []
    if len(settings.secret_key.encode()) < MINIMUM_SECRET_BYTES:
        faults.append(f"KEYTAG_SECRET_KEY: needs at least {MINIMUM_SECRET_BYTES} bytes; try `openssl rand -hex 32`")
    if settings.rehearsal and settings.environment != "test":
        faults.append("KEYTAG_REHEARSAL: faults are rehearsed in tests only")
    faults += _half_set(settings)
    if not settings.is_production:
        return faults
    if any(example in settings.secret_key.lower() for example in EXAMPLE_SECRETS):
        faults.append("KEYTAG_SECRET_KEY: looks like an example value; make one of your own")
    if settings.is_demo:
        faults.append("KEYTAG_DEMO: demo data and its known passwords are not for production")
    if not settings.public_url.startswith("https://"):
        faults.append("KEYTAG_PUBLIC_URL: must be https:// in production, cookies are Secure")
    if "*" in settings.cors_origins:
        faults.append("KEYTAG_CORS_ORIGINS: name each origin, * would admit everyone")
    if (urlsplit(settings.database_url).password or "") in EXAMPLE_SECRETS:
        faults.append("DATABASE_URL: its password is an example value")
    faults += _spoken_plainly(settings)
    if settings.flags.inspections and settings.photo_folder is None and settings.photo_bucket is None:
        faults.append("PHOTO_FOLDER: name a folder that outlives a release, or set PHOTO_BUCKET")
    if not settings.metrics_token:
        faults.append("KEYTAG_METRICS_TOKEN: is required, /metrics is not public")
    return faults


def _half_set(settings: Settings) -> list[str]:
    """Name what texting, mail, cards and photos lack where they are set at all."""
    faults = []
    if settings.twilio_account_sid and not settings.twilio_auth_token:
        faults.append("TWILIO_AUTH_TOKEN: is required beside TWILIO_ACCOUNT_SID")
    if settings.twilio_account_sid and not (settings.twilio_from or settings.twilio_messaging_service_sid):
        faults.append("TWILIO_FROM: name a number, or set TWILIO_MESSAGING_SERVICE_SID")
    if settings.smtp_url and not settings.smtp_from:
        faults.append("SMTP_FROM: is required beside SMTP_URL")
    if settings.is_production and not settings.twilio_api_url.startswith("https://"):
        faults.append("TWILIO_API_URL: must be https:// in production")
    if settings.flags.payments_online and not settings.stripe_secret_key:
        faults.append("STRIPE_SECRET_KEY: is required while FF_PAYMENTS_ONLINE is on")
    if settings.stripe_secret_key and not settings.stripe_webhook_secret:
        faults.append("STRIPE_WEBHOOK_SECRET: is required beside STRIPE_SECRET_KEY")
    if settings.is_production and not settings.stripe_api_url.startswith("https://"):
        faults.append("STRIPE_API_URL: must be https:// in production")
    if settings.photo_bucket and not (settings.photo_bucket_key_id and settings.photo_bucket_secret):
        faults.append("PHOTO_BUCKET_SECRET: is required beside PHOTO_BUCKET, and PHOTO_BUCKET_KEY_ID too")
    if settings.is_production and not (settings.photo_bucket_url or "https://").startswith("https://"):
        faults.append("PHOTO_BUCKET_URL: must be https:// in production")
    return faults


def _spoken_plainly(settings: Settings) -> list[str]:
    """Name the servers that would be spoken to without TLS over a network: all that shops keep goes there."""
    faults = []
    address = urlsplit(settings.database_url)
    modes = parse_qs(address.query).get("sslmode", [])
    exposed = [host for host in _hosts(settings.database_url) if not _is_private(host, settings.plain_hosts)]
    if exposed and not (modes and modes[-1] in TLS_MODES):
        faults.append(
            f"DATABASE_URL: {exposed[0]} is another machine; add ?sslmode=verify-full (or require), "
            "or name it in KEYTAG_PLAIN_HOSTS if the network between is yours alone"
        )
    if settings.redis_url and urlsplit(settings.redis_url).scheme not in {"rediss", "unix"}:
        exposed = [host for host in _hosts(settings.redis_url) if not _is_private(host, settings.plain_hosts)]
        if exposed:
            faults.append(
                f"REDIS_URL: {exposed[0]} is another machine; use rediss://, "
                "or name it in KEYTAG_PLAIN_HOSTS if the network between is yours alone"
            )
    return faults


def _hosts(url: str) -> list[str]:
    """List the hosts of an address, from before its path and from its query; none means a socket of this machine."""
    address = urlsplit(url)
    query = parse_qs(address.query)
    hosts = [*query.get("host", []), *query.get("hostaddr", []), address.netloc.rpartition("@")[2]]
    return [_without_port(host) for group in hosts for host in group.split(",") if host]


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0].lower()
    # An IPv6 address in a query bears no brackets.
    return host.lower() if host.count(":") > 1 else host.partition(":")[0].lower()


def _is_private(host: str, plain_hosts: tuple[str, ...]) -> bool:
    """True for this machine, by socket or loopback address, and for what the Owner of the network named."""
    if host.startswith(("/", "@", "%2f")) or host in {"", "localhost"} or host in plain_hosts:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


assert {*VARIABLES.values(), "flags"} == {f.name for f in fields(Settings)}, "a setting has no variable"
