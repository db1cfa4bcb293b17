"""The web application: `create_app()` is the whole start-up on one page."""

import flask_smorest
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from backend import site, wiring
from backend.accounts import guards
from backend.core import db, http, kept, live, log, metrics, openapi, queue, signatures
from backend.settings import Settings, load_settings


class Api(flask_smorest.Api):
    """flask-smorest with our problem documents as the error format."""

    ERROR_SCHEMA = http.ProblemSchema
    # Which errors each operation has is told by `core.openapi`.
    DEFAULT_ERROR_RESPONSE_NAME = None


OPENAPI = {
    "API_TITLE": "Keytag",
    "API_VERSION": "1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "Shop management for auto repair. Instants are UTC with Z, days are the location's local days, "
            "money is integer cents. Errors are RFC 9457 problem documents."
        },
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "keytag_access"},
            }
        },
        "security": [{"bearer": []}, {"cookie": []}],
    },
}


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application from the environment, or from the settings of a test."""
    settings = settings or load_settings()
    log.configure(settings.log_level)
    # The interface's files are served by `site`, with its headers and caching.
    app = Flask("keytag", static_folder=None)
    app.config.update(KEYTAG_SETTINGS=settings, PROPAGATE_EXCEPTIONS=False, **OPENAPI)
    app.url_map.strict_slashes = False
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]
    db.bind(
        db.create_engine(settings.database_url, pool_size=settings.database_pool_size, application_name="keytag-web")
    )
    live.configure(settings.redis_url, settings.stream_cap, kept.let_go)
    kept.configure(settings.redis_url)
    queue.configure(settings.redis_url)
    signatures.configure(settings.secret_key)

    metrics.init_app(app)
    site.init_app(app, settings)
    guards.init_app(app, settings)
    api = Api(app)
    app.extensions["keytag-api"] = api
    for blueprint in wiring.BLUEPRINTS:
        api.register_blueprint(blueprint)
    openapi.describe(app, api.spec)
    http.init_app(app)
    return app
