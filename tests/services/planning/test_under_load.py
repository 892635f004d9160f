"""Plans are published and taken back while incidents are reported: each has one owner, of now."""

import sys

import pytest

from tests import drawn
from tests.reporters import LOAD, require_one_owner, under_load


@pytest.mark.slow
def test_incidents_reported_during_publications_have_one_owner_of_one_generation(engine):
    drawn.store(engine)
    run = under_load(engine)
    asked, _, _ = LOAD[engine.dialect.name]
    sys.stdout.write(f"\n{run.reporters.rate:.0f} of {asked} reports/s were acknowledged")
    require_one_owner(engine, run.reporters, run.shapes)
