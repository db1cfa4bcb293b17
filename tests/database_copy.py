"""What takes long to make, made once per test worker and given to each test that starts from it."""

from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
    SELECT c.relname, array_agg(quote_ident(a.attname) ORDER BY a.attnum)
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
       AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     GROUP BY c.relname ORDER BY c.relname
"""
_SEQUENCES = "SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"


class DatabaseCopy:
    """What every table held once the database was filled; putting it back is ten times quicker than filling it."""

    def __init__(self, administrator_url: str, schema: str) -> None:
        """Keep what the tables hold now, in a schema of its own."""
        self._schema = schema
        address = administrator_url.replace("postgresql+psycopg://", "postgresql://")
        self._connection: psycopg.Connection[Any] = psycopg.connect(address, autocommit=True)
        connection = self._connection
        self._tables: list[tuple[str, list[str]]] = connection.execute(_TABLES).fetchall()
        self._sequences = connection.execute(_SEQUENCES).fetchall()
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
        for name, _ in self._tables:
            connection.execute(
                sql.SQL("CREATE UNLOGGED TABLE {} AS TABLE {}").format(
                    sql.Identifier(schema, name), sql.Identifier("public", name)
                )
            )

    def put_back(self) -> None:
        """Fill the empty tables again, past triggers: what those write is in the copy as well."""
        with self._connection.transaction():
            self._connection.execute("SET LOCAL session_replication_role = replica")
            for name, columns in self._tables:
                listed = sql.SQL(", ").join(map(sql.SQL, columns))  # type: ignore[arg-type]  quoted by PostgreSQL
                self._connection.execute(
                    sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
                        sql.Identifier("public", name), listed, listed, sql.Identifier(self._schema, name)
                    )
                )
            for schema, name, last in self._sequences:
                self._connection.execute(
                    "SELECT setval(format('%%I.%%I', %s::text, %s::text)::regclass, %s)", [schema, name, last]
                )
        self._connection.execute("ANALYZE")

    def close(self) -> None:
        """Let go of the database; the copy goes with it."""
        self._connection.close()
