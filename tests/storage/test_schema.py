from importlib.resources import as_file, files

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, inspect, text

from gis_grid.errors import StorageError
from gis_grid.storage import schema, tables
from gis_grid.storage.accounts import tables as account_tables  # noqa: F401 - fills the metadata
from gis_grid.storage.base import metadata
from gis_grid.storage.database import open_engine, require_schema, upgrade
from gis_grid.storage.migrations.compared import is_compared
from gis_grid.values.layers import LAYERS


@pytest.fixture
def bare(bare_database_url):
    engine = open_engine(bare_database_url)
    yield engine
    engine.dispose()


def test_migrations_make_the_tables_that_the_code_knows(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_compared})
        assert compare_metadata(context, metadata) == []


def test_the_revisions_are_those_of_the_migrations():
    with as_file(files(schema.MIGRATIONS)) as folder:
        scripts = ScriptDirectory(str(folder)).walk_revisions()
        assert tuple(script.revision for script in scripts) == schema.REVISIONS


def checks(engine):
    """Return every check constraint, which Alembic does not compare."""
    found = inspect(engine)
    return {
        (table, check["name"], check["sqltext"].replace('"', ""))
        for table in metadata.tables
        for check in found.get_check_constraints(table)
    }


def indexes(engine):
    found = inspect(engine)
    return {
        (table, index["name"], tuple(index["column_names"]), bool(index["unique"]))
        for table in metadata.tables
        for index in found.get_indexes(table)
    }


@pytest.mark.parametrize("facts", [checks, indexes])
def test_migrations_make_the_same_rules_and_indexes(bare, facts):
    upgrade(bare)
    migrated = facts(bare)
    schema.downgrade(bare, to="base")
    metadata.create_all(bare)
    assert migrated == facts(bare)
    assert len(migrated) > 30


def test_goes_up_down_and_up(bare):
    upgrade(bare)
    upgrade(bare)
    schema.downgrade(bare, to="base")
    left = set(inspect(bare).get_table_names()) & set(metadata.tables)
    assert left == set()
    upgrade(bare)
    require_schema(bare)


SQL_KINDS = {
    "text": "TEXT",
    "integer": "BIGINT",
    "real": "DOUBLE",
    "flag": "BOOLEAN",
    "instant": ("DATETIME", "TIMESTAMP"),
    "date": "DATE",
}


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS.keys())
def test_columns_are_the_fields_of_the_layer(engine, layer):
    reflected = MetaData()
    names = [table.name for table in tables.tables_of(layer)]
    reflected.reflect(engine, only=names)
    columns = {c.name: c for name in names for c in reflected.tables[name].columns}
    fields = [(f.name, f.required) for f in layer.fields]
    assert [(name, not columns[name].nullable) for name, _ in fields] == fields
    for field in layer.fields:
        assert str(columns[field.name].type).startswith(SQL_KINDS[field.kind])
    private = {c.name for c in reflected.tables[tables.table_of[layer.name].name].columns}
    assert private.isdisjoint(f.name for f in layer.fields if f.private)


def test_says_when_there_are_no_tables(bare):
    with pytest.raises(
        StorageError,
        match=r"(no tables of gis-grid yet|there is no .*test.db); run: gis-grid db upgrade",
    ):
        require_schema(bare)


@pytest.mark.parametrize("ask", [require_schema, upgrade, lambda e: schema.downgrade(e, to="base")])
def test_refuses_a_newer_version(engine, ask):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match=rf"schema 9999, this one knows {schema.newest()}\)"):
        ask(engine)


def test_tables_without_a_version_count_as_none(engine):
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(StorageError, match="no tables of gis-grid yet"):
        require_schema(engine)


def test_a_failing_upgrade_leaves_nothing_behind(bare):
    if bare.dialect.name == "sqlite":
        with bare.begin() as connection:
            connection.execute(text("CREATE TABLE incident (code TEXT)"))
    else:
        with bare.begin() as connection:
            connection.execute(text("CREATE TABLE incident (code text)"))
    before = set(inspect(bare).get_table_names())
    with pytest.raises(Exception, match="incident"):
        upgrade(bare)
    assert set(inspect(bare).get_table_names()) == before
