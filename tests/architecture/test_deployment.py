"""The deployment files name real settings, real commands and a health check."""

import importlib.util
import re
from urllib.parse import urlsplit

import yaml

from backend.settings import FLAG_VARIABLES, VARIABLES, load_settings
from migrations import roles
from tools.paths import ROOT

SETTINGS = {*VARIABLES, *FLAG_VARIABLES, "HOST", "PORT", "WEB_CONCURRENCY"}
COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text())
OWN = ("web", "worker", "dispatcher", "migrate")
PASSWORDS = {f"{role.upper()}_PASSWORD" for role in roles.ROLES}


# The image's own, or never for production.
NOT_IN_COMPOSE = {
    "HOST",
    "PORT",
    "KEYTAG_RELEASE",
    "KEYTAG_STATIC_DIR",
    "KEYTAG_BOOT_NONCE",
    "KEYTAG_DEMO",
    "KEYTAG_REHEARSAL",
}


def test_compose_passes_on_every_setting_and_no_other():
    for name in OWN:
        assert set(COMPOSE["services"][name]["environment"]) == SETTINGS - NOT_IN_COMPOSE, name


def test_compose_sets_what_a_production_start_needs():
    required = {"KEYTAG_ENV", "KEYTAG_SECRET_KEY", "DATABASE_URL", "KEYTAG_PUBLIC_URL", "KEYTAG_METRICS_TOKEN"}

    assert required <= set(COMPOSE["services"]["web"]["environment"])


def test_a_production_start_accepts_what_compose_sets():
    chosen = {"KEYTAG_SECRET_KEY": "5d41402abc4b2a76" * 3, "KEYTAG_METRICS_TOKEN": "0f34" * 8}
    chosen |= {"KEYTAG_DOMAIN": "shop.example", "KEYTAG_OWNER_PASSWORD": "h7Gk2mQz", "KEYTAG_APP_PASSWORD": "w3Rt9pLx"}

    def fill(match: re.Match[str]) -> str:
        return chosen.get(match[1]) or (match[2] or "").removeprefix("-")

    for name in OWN:
        environment = {
            variable: re.sub(r"\$\{(\w+)(?::(-[^}]*|\?[^}]*))?\}", fill, str(value))
            for variable, value in COMPOSE["services"][name]["environment"].items()
        }
        assert load_settings(environment).is_production, name


def test_each_process_has_its_command_and_starts_after_the_migration():
    services = COMPOSE["services"]
    for name in ("worker", "dispatcher"):
        module = services[name]["command"][-1]
        assert importlib.util.find_spec(module) is not None, module
    for name in ("web", "worker", "dispatcher"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    assert services["migrate"]["depends_on"]["roles"] == {"condition": "service_completed_successfully"}
    assert services["roles"]["depends_on"]["postgres"] == {"condition": "service_healthy"}
    for name in ("web", "postgres"):
        assert "healthcheck" in services[name], name


def test_the_product_signs_in_as_the_role_that_owns_nothing_and_only_migrations_as_the_owner():
    users = {
        name: urlsplit(re.sub(r"\$\{[^}]*\}", "x", service["environment"]["DATABASE_URL"])).username
        for name, service in COMPOSE["services"].items()
        if "DATABASE_URL" in service.get("environment", {})
    }

    assert users == {**dict.fromkeys(OWN, roles.APP), "migrate": roles.OWNER, "roles": "keytag"}
    assert set(COMPOSE["services"]["roles"]["environment"]) == {"DATABASE_URL", *PASSWORDS}
    assert COMPOSE["services"]["roles"]["command"] == ["python", "-m", roles.__name__]


def test_the_queue_server_never_forgets_tasks():
    assert "noeviction" in COMPOSE["services"]["valkey"]["command"]
    assert '{"maxmemory-policy": "noeviction"}' in (ROOT / "deploy" / "aws" / "stack.py").read_text()


def test_the_aws_stack_names_real_settings_and_commands():
    text = (ROOT / "deploy" / "aws" / "stack.py").read_text()

    assert (
        set(re.findall(r'"((?:KEYTAG|DATABASE|REDIS|BRAND|FF|TWILIO|SMTP|STRIPE)_[A-Z_]+)"', text))
        <= SETTINGS | PASSWORDS
    )
    for module in re.findall(r'"-m", "([\w.]+)"', text):
        assert importlib.util.find_spec(module) is not None, module


def test_the_image_has_what_the_processes_read():
    text = (ROOT / "docker" / "Dockerfile").read_text()

    for path in ("backend/", "migrations/", "alembic.ini", "frontend/dist", "requirements.lock"):
        assert path in text
        assert path == "frontend/dist" or (ROOT / path).exists()
    assert set(re.findall(r"\b(KEYTAG_[A-Z_]+)=", text)) <= SETTINGS
