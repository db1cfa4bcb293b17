"""One list of settings: the code's, `.env.example`'s and the deployment's."""

import re

import pytest

from backend.settings import FLAG_VARIABLES, VARIABLES, SettingsError, load_settings
from tools.paths import ROOT

GOOD = {
    "KEYTAG_ENV": "production",
    "KEYTAG_SECRET_KEY": "5d41402abc4b2a76b9719d911017c592aa11bb22cc33dd44",
    "DATABASE_URL": "postgresql://app:h7Gk2mQz@db.internal/app?sslmode=verify-full",
    "REDIS_URL": "rediss://:k2J9xQ@cache.internal:6379/0",
    "KEYTAG_PUBLIC_URL": "https://shop.example",
    "KEYTAG_METRICS_TOKEN": "0f343b0931126a20f133d67c2b018a3b",
    "PHOTO_FOLDER": "/srv/photos",
}
# Made anew by each start, or for tests; never set by hand.
INTERNAL = {"KEYTAG_BOOT_NONCE", "KEYTAG_REHEARSAL"}


def test_the_example_names_every_setting_and_no_other():
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#?\s?([A-Z][A-Z_]+)=", example, re.MULTILINE))

    assert named == (set(VARIABLES) | set(FLAG_VARIABLES)) - INTERNAL | {"PORT", "HOST", "WEB_CONCURRENCY"}


def test_good_production_settings_start():
    settings = load_settings(GOOD)

    assert settings.is_production
    assert settings.database_url.startswith("postgresql+psycopg://")
    assert "5d41402a" not in repr(settings)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"KEYTAG_SECRET_KEY": ""}, "KEYTAG_SECRET_KEY"),
        ({"KEYTAG_SECRET_KEY": "short"}, "KEYTAG_SECRET_KEY"),
        ({"KEYTAG_SECRET_KEY": "change-me-change-me-change-me-change-me"}, "KEYTAG_SECRET_KEY"),
        ({"KEYTAG_DEMO": "1"}, "KEYTAG_DEMO"),
        ({"KEYTAG_PUBLIC_URL": "http://shop.example"}, "KEYTAG_PUBLIC_URL"),
        ({"KEYTAG_CORS_ORIGINS": "*"}, "KEYTAG_CORS_ORIGINS"),
        ({"KEYTAG_REHEARSAL": "kill=:0.3"}, "KEYTAG_REHEARSAL"),
        ({"TWILIO_ACCOUNT_SID": "AC1"}, "TWILIO_AUTH_TOKEN"),
        ({"TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"}, "TWILIO_FROM"),
        ({"TWILIO_FROM": "718-555-0100"}, "TWILIO_FROM"),
        ({"TWILIO_API_URL": "http://127.0.0.1:9"}, "TWILIO_API_URL"),
        ({"SMTP_URL": "http://mail"}, "SMTP_URL"),
        ({"FF_PAYMENTS_ONLINE": "on"}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_API_URL": "http://127.0.0.1:9"}, "STRIPE_API_URL"),
        ({"SMTP_URL": "smtps://mail.example"}, "SMTP_FROM"),
        ({"PHOTO_FOLDER": ""}, "PHOTO_FOLDER"),
        ({"PHOTO_BUCKET": "photos", "PHOTO_BUCKET_KEY_ID": "AK"}, "PHOTO_BUCKET_SECRET"),
        ({"PHOTO_BUCKET_URL": "http://127.0.0.1:9"}, "PHOTO_BUCKET_URL"),
        ({"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://app:keytag@db/app"}, "DATABASE_URL"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://app:h7Gk2mQz@db.internal/app"}, "DATABASE_URL.*sslmode"),
        ({"DATABASE_URL": "postgresql://app:h7Gk2mQz@db.internal/app?sslmode=prefer"}, "DATABASE_URL.*sslmode"),
        ({"DATABASE_URL": "postgresql://app:h7Gk2mQz@localhost,10.0.0.7:5433/app"}, "DATABASE_URL.*10.0.0.7"),
        ({"DATABASE_URL": "postgresql://app:h7Gk2mQz@/app?host=db.internal"}, "DATABASE_URL.*db.internal"),
        ({"DATABASE_URL": "postgresql://app:h7Gk2mQz@[2001:db8::7]:5432/app"}, "DATABASE_URL.*2001:db8::7"),
        ({"REDIS_URL": "redis://:k2J9xQ@cache.internal:6379/0"}, "REDIS_URL.*rediss"),
        ({"REDIS_URL": "redis://10.0.0.7"}, "REDIS_URL.*rediss"),
        ({"KEYTAG_METRICS_TOKEN": ""}, "KEYTAG_METRICS_TOKEN"),
        ({"KEYTAG_ENV": "staging"}, "KEYTAG_ENV"),
        ({"KEYTAG_DB_POOL": "many"}, "KEYTAG_DB_POOL"),
        ({"FF_PAYMENTS": "maybe"}, "FF_PAYMENTS"),
        ({"BRAND_COLOR": "blue"}, "BRAND_COLOR"),
    ],
    ids=str,
)
def test_unsafe_or_broken_settings_refuse_to_start_and_name_the_variable(change, named):
    with pytest.raises(SettingsError, match=named):
        load_settings({**GOOD, **change})


@pytest.mark.parametrize(
    "change",
    [
        {"DATABASE_URL": "postgresql://app:h7Gk2mQz@localhost/app", "REDIS_URL": "redis://127.0.0.1:6379"},
        {"DATABASE_URL": "postgresql://app:h7Gk2mQz@[::1]:5432/app", "REDIS_URL": "redis://[::1]:6379/0"},
        {"DATABASE_URL": "postgresql:///app?host=/run/postgresql", "REDIS_URL": "unix:///run/valkey.sock"},
        {"DATABASE_URL": "postgresql://app:h7Gk2mQz@%2Frun%2Fpostgresql/app", "REDIS_URL": ""},
        {"DATABASE_URL": "postgresql:///app"},
        {"DATABASE_URL": "postgresql://app:h7Gk2mQz@db.internal/app?sslmode=require"},
        {
            "DATABASE_URL": "postgresql://app:h7Gk2mQz@postgres:5432/app",
            "REDIS_URL": "redis://valkey:6379/0",
            "KEYTAG_PLAIN_HOSTS": "Postgres, valkey",
        },
    ],
    ids=str,
)
def test_servers_of_this_machine_behind_tls_or_named_as_private_start(change):
    assert load_settings({**GOOD, **change}).is_production


def test_outside_of_production_nothing_is_asked_of_the_network():
    load_settings({**GOOD, "KEYTAG_ENV": "development", "DATABASE_URL": "postgresql://app:x@db.internal/app"})


def test_cards_online_are_off_without_an_account_and_can_be_switched_off_with_one():
    account = {"STRIPE_SECRET_KEY": "sk_live_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}

    assert not load_settings(GOOD).flags.payments_online
    assert load_settings({**GOOD, **account}).flags.payments_online
    assert not load_settings({**GOOD, **account, "FF_PAYMENTS_ONLINE": "off"}).flags.payments_online


def test_nothing_but_the_settings_reads_the_environment():
    # The web server is configured before the application exists; the metrics library reads its own variable.
    allowed = {ROOT / "backend" / name for name in ("settings.py", "gunicorn_conf.py", "core/metrics.py")}
    guilty = [
        str(file.relative_to(ROOT))
        for file in (ROOT / "backend").rglob("*.py")
        if file not in allowed and re.search(r"os\.(environ|getenv)", file.read_text())
    ]

    assert guilty == []
