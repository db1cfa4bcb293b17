"""Rows are sealed once, in order, whatever commits late; and no change of the log stays hidden."""

import json
import random
import subprocess
import sys
import threading
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from backend.audit import commands, queries, rules, tasks
from backend.audit.models import AuditAnchor, AuditCheck, AuditLog, AuditSeal
from backend.audit.rules import SHARED
from backend.core import log as logs
from backend.core.actor import SYSTEM
from backend.core.db import transaction
from backend.core.ids import new_id
from tests.audit.chain import NOW, found_inside, found_outside, to_csv, undone, write_rows
from tests.factories.shop import make_location
from tools import verify_audit
from tools.paths import ROOT

# As the server's administrator no trigger stops anything; the owner of the tables must switch them off.
AS_ADMINISTRATOR = ("SET LOCAL session_replication_role = replica",)
AS_OWNER = (
    *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in ("audit_logs", "audit_seals", "audit_anchors")),
    "ALTER TABLE audit_seals DROP CONSTRAINT fk_audit_seals_audit_id",
)


@pytest.fixture(scope="module")
def as_owner(owner_url):
    engine = sa.create_engine(owner_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def as_administrator(administrator_url):
    engine = sa.create_engine(administrator_url)
    yield engine
    engine.dispose()


def seal_all(session) -> int:
    session.commit()
    count = commands.seal(session, now=NOW, since=UUID(int=0))
    session.commit()
    return count


@pytest.fixture
def places(session):
    return [make_location(session).id for _ in range(2)]


@pytest.fixture
def sealed(session, places):
    """Write 60 rows in three chains, seal them in three goes, and write down the heads at the end."""
    dice = random.Random(7)
    for number in range(3):
        write_rows(session, 20, [*places, None], dice, NOW + timedelta(seconds=20 * number))
        seal_all(session)
    commands.anchor(session, now=NOW)
    session.commit()
    return places


# --- the bytes --------------------------------------------------------------------------------


def test_every_column_of_the_log_is_hashed():
    assert {column.name for column in AuditLog.__table__.columns} == set(rules.ROW_FIELDS)


def test_the_rules_and_the_script_agree():
    row = dict.fromkeys(rules.ROW_FIELDS) | {"id": str(new_id()), "reason": "ünï\n\"'\\/\x7f\u2028 😀", "changes": "{}"}
    text = rules.canonical(SHARED, 7, "2026-03-05T15:30:12.345678Z", row)

    assert json.loads(text)["reason"] == row["reason"]
    assert '"actor_id":null' in text
    assert ": " not in text.replace('": ', "")
    assert verify_audit.link(rules.FIRST.hex(), text) == rules.link(rules.FIRST, text).hex()
    assert rules.FIRST.hex() == verify_audit.FIRST


# --- sealing ----------------------------------------------------------------------------------


def test_each_location_has_a_chain_without_gaps_and_what_belongs_to_none_has_one_too(session, places):
    rows = write_rows(session, 50, [*places, None], random.Random(1))

    assert seal_all(session) == 50
    assert seal_all(session) == 0

    for chain in (*places, SHARED):
        expected = [row.id for row in rows if (row.location_id or SHARED) == chain]
        seals = session.scalars(sa.select(AuditSeal).where(AuditSeal.chain == chain).order_by(AuditSeal.position)).all()
        assert [seal.audit_id for seal in seals] == expected
        assert [seal.position for seal in seals] == list(range(1, len(expected) + 1))
    assert found_inside(session) == []


def test_a_sweep_seals_what_is_new_and_tells_the_log_where_the_chain_ends(session, places, caplog):
    write_rows(session, 5, [*places, None], random.Random(1))
    session.commit()
    caplog.set_level("INFO")

    tasks.sweep()

    assert queries.count_unsealed(session, NOW + timedelta(days=400)) == 0
    told = [record for record in caplog.records if record.message == "audit_sealed"]
    assert {(record.chain, record.position) for record in told} == {
        (str(chain), head.position)
        for chain in queries.list_chains(session)
        if (head := queries.find_head(session, chain))
    }


def test_a_row_that_commits_late_is_sealed(session, places):
    write_rows(session, 3, places[:1], random.Random(1))
    seal_all(session)
    for late in (timedelta(seconds=30), timedelta(days=40)):
        write_rows(session, 1, places[:1], random.Random(2), NOW - late)
    session.commit()

    assert commands.seal(session, now=NOW + timedelta(minutes=5)) == 1, "half a minute late: the next sweep sees it"
    session.commit()
    tasks.catch_up()
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditSeal)) == 5
    assert found_inside(session) == []


def test_the_catch_up_walks_the_whole_log_in_stretches(session, places, monkeypatch):
    monkeypatch.setattr(tasks, "STRETCH", 7)
    write_rows(session, 40, [*places, None], random.Random(1))
    session.commit()

    tasks.catch_up()

    assert session.scalar(sa.select(sa.func.count()).select_from(AuditSeal)) == 40


def test_two_sealers_at_once_are_harmless(session, places):
    write_rows(session, 200, [*places, None], random.Random(1))
    session.commit()
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(30):
            with transaction() as own:
                commands.seal(own, now=NOW, since=UUID(int=0), limit=20)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    seal_all(session)
    assert session.scalar(sa.select(sa.func.count()).select_from(AuditSeal)) == 200
    assert found_inside(session) == []


# --- tampering --------------------------------------------------------------------------------

EDITS = {
    "id": ("gen_random_uuid()",),
    "at": ("at + interval '1 microsecond'", "'infinity'"),
    "action": ("action || ' '", "upper(action)"),
    "entity": ("'payment'",),
    "entity_id": ("gen_random_uuid()",),
    "location_id": ("CASE WHEN location_id IS NULL THEN (SELECT min(id::text)::uuid FROM locations) END",),
    "version": ("coalesce(version, 0) + 1",),
    "actor_kind": ("'system'",),
    "actor_id": ("gen_random_uuid()",),
    "actor_name": ("coalesce(actor_name, '') || 'x'", "CASE WHEN actor_name IS NULL THEN '' END"),
    "actor_role": ("CASE WHEN actor_role IS NULL THEN '' END",),
    "changes": ("changes || '{\"totalCents\": [null, 1.0]}'", "changes - 'notes'", "'{}'"),
    "reason": ("coalesce(reason, '') || E'\\n'", "CASE WHEN reason IS NULL THEN '' END"),
    "ip": ("coalesce(ip, '10.0.0.0') + 1", "CASE WHEN ip IS NULL THEN '::1'::inet END"),
    "user_agent": ("CASE WHEN user_agent IS NULL THEN '' END",),
    "request_id": ("coalesce(request_id, '') || '0'",),
}


def check_both(session, places, what: str) -> None:
    assert found_inside(session), f"the application did not see: {what}"
    assert found_outside(session, places), f"the script did not see: {what}"


def test_an_untouched_log_is_in_order(sealed, session, as_owner):
    with undone(as_owner) as other:
        assert found_inside(other) == []
        assert found_outside(other, sealed) == []


@pytest.mark.parametrize("column", rules.ROW_FIELDS)
def test_every_edit_of_a_single_field_is_found(sealed, session, as_owner, as_administrator, column):
    victims = random.Random(column).sample(list(session.scalars(sa.select(AuditLog.id).order_by(AuditLog.id))), 4)
    session.commit()
    for number, victim in enumerate(victims):
        url, before = ((as_owner, AS_OWNER), (as_administrator, AS_ADMINISTRATOR))[number % 2]
        for edit in EDITS[column]:
            with undone(url, *before) as other:
                other.execute(sa.text(f"UPDATE audit_logs SET {column} = {edit} WHERE id = :id"), {"id": victim})
                check_both(other, sealed, f"{column} = {edit}")


@pytest.mark.parametrize(
    "edit",
    [
        "position = position + 1000",
        "chain = gen_random_uuid()",
        "audit_id = gen_random_uuid()",
        "row_hash = sha256(row_hash)",
        "sealed_at = sealed_at + interval '1 microsecond'",
    ],
)
def test_every_edit_of_a_seal_is_found(sealed, session, as_administrator, edit):
    for victim in random.Random(edit).sample(list(session.scalars(sa.select(AuditSeal.audit_id))), 4):
        with undone(as_administrator, *AS_ADMINISTRATOR) as other:
            other.execute(sa.text(f"UPDATE audit_seals SET {edit} WHERE audit_id = :id"), {"id": victim})
            check_both(other, sealed, edit)


def test_every_deletion_is_found_with_or_without_its_seal(sealed, session, as_administrator):
    places = session.execute(sa.select(AuditSeal.chain, AuditSeal.position, AuditSeal.audit_id)).all()
    session.commit()
    for chain, position, victim in random.Random(3).sample(places, 6):
        for statements in (
            ("DELETE FROM audit_logs WHERE id = :id",),
            ("DELETE FROM audit_logs WHERE id = :id", "DELETE FROM audit_seals WHERE audit_id = :id"),
            (
                "DELETE FROM audit_logs WHERE id = :id",
                "DELETE FROM audit_seals WHERE audit_id = :id",
                "UPDATE audit_seals SET position = -position WHERE chain = :chain AND position > :position",
                "UPDATE audit_seals SET position = -position - 1 WHERE chain = :chain AND position < 0",
            ),
        ):
            with undone(as_administrator, *AS_ADMINISTRATOR) as other:
                for statement in statements:
                    other.execute(sa.text(statement), {"id": victim, "chain": chain, "position": position})
                assert found_inside(other), statements
                heads = heads_of(session)
                session.commit()
                assert found_outside(other, sealed, heads), statements


def test_two_rows_that_change_places_are_found(sealed, session, as_administrator):
    ids = list(session.scalars(sa.select(AuditSeal.audit_id).where(AuditSeal.chain == sealed[0])))
    session.commit()
    one, other_one = random.Random(5).sample(ids, 2)
    columns = ", ".join(name for name in rules.ROW_FIELDS if name != "id")
    swaps = (
        (
            f"UPDATE audit_logs a SET ({columns}) = (SELECT {columns} FROM audit_logs b WHERE b.id <> a.id AND b.id IN (:one, :other)) "
            "WHERE a.id IN (:one, :other)"
        ),
        (
            "UPDATE audit_seals a SET audit_id = b.audit_id FROM audit_seals b WHERE a.audit_id IN (:one, :other) "
            "AND b.audit_id IN (:one, :other) AND a.audit_id <> b.audit_id"
        ),
    )
    for swap in swaps:
        with undone(as_administrator, *AS_ADMINISTRATOR) as other:
            other.execute(sa.text("ALTER TABLE audit_seals DROP CONSTRAINT uq_audit_seals_audit_id"))
            other.execute(sa.text(swap), {"one": one, "other": other_one})
            check_both(other, sealed, swap)


def heads_of(session) -> verify_audit.Heads:
    """Return the heads as the log of the server had them."""
    anchors = session.scalars(sa.select(AuditAnchor)).all()
    return {str(anchor.chain): {anchor.position: anchor.row_hash.hex()} for anchor in anchors}


@pytest.mark.parametrize("how_many", [1, 5, 1000])
def test_a_tail_that_was_cut_off_is_found(sealed, session, as_owner, how_many):
    heads = heads_of(session)
    session.commit()
    with undone(as_owner, *AS_OWNER) as other:
        tail = "SELECT audit_id FROM audit_seals WHERE chain = :chain ORDER BY position DESC LIMIT :count"
        values = {"chain": sealed[0], "count": how_many}
        ids = list(other.scalars(sa.text(tail), values))
        for table, column in (("audit_seals", "audit_id"), ("audit_logs", "id")):
            other.execute(sa.text(f"DELETE FROM {table} WHERE {column} = ANY (:ids)"), {"ids": ids})

        assert found_inside(other) == ["cut"]
        assert len(found_outside(other, sealed, heads)) == 1


def test_a_truncated_log_is_found(sealed, session, as_administrator):
    heads = heads_of(session)
    session.commit()
    for statement in (
        "DELETE FROM audit_logs",
        "DELETE FROM audit_seals",
        "DELETE FROM audit_seals; DELETE FROM audit_logs",
    ):
        with undone(as_administrator, *AS_ADMINISTRATOR) as other:
            other.execute(sa.text(statement))
            assert found_inside(other)
            assert found_outside(other, sealed, heads)


def test_what_was_cut_off_since_the_last_anchor_or_made_anew_is_found_with_the_servers_log(
    sealed, session, as_owner, caplog, tmp_path
):
    caplog.set_level("INFO")
    write_rows(session, 6, sealed[:1], random.Random(9))
    seal_all(session)
    log = tmp_path / "dispatcher.log"
    # What an after-commit callback wrote is what the process's log has; here the session is the test's own.
    with caplog.at_level("INFO"):
        commands._tell(
            "audit_sealed", {chain: queries.find_head(session, chain) for chain in queries.list_chains(session)}
        )
    formatter = logs._Formatter("%(message)s", rename_fields={"message": "event"})
    log.write_text("".join(f"{formatter.format(record)}\n" for record in caplog.records))
    heads = verify_audit.read_heads(str(log))
    chain = sealed[0]
    session.commit()

    with undone(as_owner, *AS_OWNER) as other:
        ids = list(
            other.scalars(
                sa.text("SELECT audit_id FROM audit_seals WHERE chain = :chain ORDER BY position DESC LIMIT 2"),
                {"chain": chain},
            )
        )
        for table, column in (("audit_seals", "audit_id"), ("audit_logs", "id")):
            other.execute(sa.text(f"DELETE FROM {table} WHERE {column} = ANY (:ids)"), {"ids": ids})
        assert found_outside(other, sealed, heads), "cut off"

    with undone(as_owner, *AS_OWNER) as other:
        # Somebody who knows how: the chain made anew over a changed row, and its anchors forgotten.
        other.execute(sa.text("DELETE FROM audit_anchors; DELETE FROM audit_seals"))
        other.execute(
            sa.text("UPDATE audit_logs SET reason = 'nothing happened' WHERE location_id = :id"), {"id": chain}
        )
        commands.seal(other, now=NOW + timedelta(days=1), since=UUID(int=0))
        assert found_inside(other) == [], "in itself it is a good chain"
        assert found_outside(other, sealed) == []
        assert found_outside(other, sealed, heads), "made anew"
        check = other.scalar(sa.select(AuditCheck).order_by(AuditCheck.id.desc()).limit(1))
        assert check.late_count > 60, "and it says that all was sealed late"


# --- the script, as somebody without anything of ours runs it ------------------------------------


def run_script(*arguments) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "tools" / "verify_audit.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_script_checks_a_download_and_remembers_where_it_ended(sealed, session, tmp_path):
    first, second, heads = tmp_path / "audit.csv", tmp_path / "later.csv", tmp_path / "heads.csv"
    first.write_bytes(to_csv(session, sealed).encode())
    done = run_script(first, "--write-heads", heads)
    assert (done.returncode, done.stderr) == (0, "")
    assert "60 rows in 3 chains were checked" in done.stdout
    assert "Nothing was changed, taken out or added." in done.stdout

    write_rows(session, 4, sealed, random.Random(9))
    session.commit()
    second.write_bytes(to_csv(session, sealed).encode())
    done = run_script(second, "--heads", heads, "--heads", first)
    assert done.returncode == 0
    assert "60 of them against heads" in done.stdout
    assert "4 rows were not sealed yet" in done.stdout

    lines = first.read_bytes().split(b"\r\n")
    (tmp_path / "short.csv").write_bytes(b"\r\n".join([*lines[:-5], b""]))
    done = run_script(tmp_path / "short.csv", "--heads", heads)
    assert done.returncode == 1
    assert "WRONG" in done.stdout


def test_the_script_finds_every_change_of_the_downloaded_file(sealed, session):
    import csv  # noqa: PLC0415
    import io  # noqa: PLC0415

    rows = list(csv.DictReader(io.StringIO(to_csv(session, sealed), newline="")))
    dice = random.Random(11)
    for column in queries.EXPORT_COLUMNS:
        for number in dice.sample(range(len(rows)), 10):
            changed = [dict(row) for row in rows]
            changed[number][column] = "7" if changed[number][column] != "7" else "8"
            report = verify_audit.Report()
            verify_audit.verify(changed, {}, report)
            assert report.faults, (column, number)


# --- checks -----------------------------------------------------------------------------------


def test_a_check_goes_in_steps_tells_where_it_is_and_writes_down_the_heads(sealed, session):
    write_rows(session, 3, sealed[:1], random.Random(4))
    seal_all(session)
    check = commands.begin_check(session, by="Olga", now=NOW)
    assert (check.rows_total, check.rows_checked) == (63, 0)
    steps = 0
    while commands.advance_check(session, check.id, actor=SYSTEM, now=NOW, rows=1).finished_at is None:
        steps += 1
        assert check.rows_checked <= 63
    assert steps == 2, "a chain a step"
    assert (check.rows_checked, check.fault_count) == (63, 0)
    for chain in queries.list_chains(session):
        head = queries.find_head(session, chain)
        assert queries.list_anchors(session, chain)[head.position] == head.row_hash


def test_the_days_check_runs_once_a_day(sealed, session):
    tasks.check_daily()
    tasks.check_daily()

    checks = session.scalars(sa.select(AuditCheck)).all()
    assert [(check.started_by, check.fault_count, check.rows_checked) for check in checks] == [(None, 0, 60)]


def test_metrics_tell_whether_the_chain_is_whole(sealed, session, client):
    assert "\naudit_rows_unsealed 0.0" in client.get("/metrics").text
    tasks.check_daily()

    assert "\naudit_chain_ok 1.0" in client.get("/metrics").text
