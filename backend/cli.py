"""Commands for whoever runs the server: `python -m backend.cli --help`."""

import sys
from datetime import datetime

import click

from backend.accounts import commands as accounts
from backend.accounts.permissions import Role
from backend.audit import commands as audit
from backend.core import db, log
from backend.core.actor import SYSTEM
from backend.core.clock import utc_now
from backend.core.db import transaction
from backend.core.errors import DomainError
from backend.demo import seed as demo
from backend.notices import commands as notices
from backend.outbox import commands as outbox
from backend.settings import Settings, SettingsError, load_settings
from backend.shop import commands as shop

POOL_SIZE = 2


@click.group()
@click.pass_context
def main(context: click.Context) -> None:
    """Look after a Keytag installation."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"Keytag can't start:\n{error}")
    context.obj = settings
    log.configure(settings.log_level)
    db.bind(db.create_engine(settings.database_url, pool_size=POOL_SIZE, application_name="keytag-cli"))


@main.command()
@click.option("--location", "location_name", required=True, help="Name of the first location.")
@click.option("--timezone", required=True, help="Its IANA time zone, for instance America/Chicago.")
@click.option("--name", required=True, help="The Owner's name.")
@click.option("--email", required=True, help="The Owner's email address.")
@click.password_option(help="Asked for when not given.")
def create_owner(location_name: str, timezone: str, name: str, email: str, password: str) -> None:
    """Create the first location with its texts, or find it by its name, and an Owner who works there."""
    now = utc_now()
    try:
        with transaction() as session:
            location_id = shop.ensure_location(session, location_name, timezone, now=now)
            notices.give_prepared(session, location_id, now=now)
            owner = accounts.NewUser(email, name, Role.OWNER, [location_id], password)
            accounts.create_user(session, owner, actor=SYSTEM, now=now)
    except DomainError as error:
        details = "; ".join(text for texts in error.context.get("errors", {}).values() for text in texts)
        sys.exit(f"{error.message} {details}".strip())
    click.echo(f"{name} can sign in as {email.lower()}.")


@main.command()
@click.option("--if-empty", is_flag=True, help="Do nothing when there is a location already.")
@click.option(
    "--today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Make the shop as of midday in New York on this date, always the same; the present moment when not given.",
)
@click.pass_obj
def seed_demo(settings: Settings, *, if_empty: bool, today: datetime | None) -> None:
    """Fill an empty database with the demo shop; needs KEYTAG_DEMO=1, refused in production."""
    now = utc_now() if today is None else demo.midday(today.date())
    try:
        with transaction() as session:
            written = demo.seed_demo(session, settings, now=now, only_if_empty=if_empty)
    except DomainError as error:
        sys.exit(error.message)
    rows = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in written.items())
    click.echo(f"The demo shop is ready: {rows}." if written else "There is a shop already; nothing was changed.")


@main.command()
def verify_audit() -> None:
    """Check the audit log's chains from their first row; status 1 when something was changed, taken out or added."""
    with transaction() as session:
        check_id = audit.begin_check(session, by="the command line", now=utc_now()).id
    while True:
        with transaction() as session:
            check = audit.advance_check(session, check_id, actor=SYSTEM, now=utc_now())
        if check.finished_at is not None:
            break
        click.echo(f"{check.rows_checked:,} of {check.rows_total:,} rows …", err=True)
    for fault in check.faults:
        click.echo(f"{fault['kind']}: chain {fault['chain']}, link {fault['position']}, row {fault['auditId']}")
    if check.late_count:
        click.echo(f"{check.late_count:,} rows were sealed more than an hour after they were written.")
    click.echo(f"{check.rows_checked:,} rows were checked; {check.fault_count:,} are not what was sealed.")
    sys.exit(1 if check.fault_count else 0)


@main.command()
def try_deliveries_again() -> None:
    """Have what followed an event and was given up tried again, once its cause is mended."""
    with transaction() as session:
        count = outbox.try_again(session, utc_now())
    click.echo(f"{count:,} deliveries are tried again by the dispatcher.")


if __name__ == "__main__":
    main()
