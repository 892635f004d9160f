"""Plans of the drawn city that are ready to be published, and the clock at which they are."""

from datetime import UTC, datetime

from gis_grid.plan import edits
from gis_grid.plan.stages import Stage
from gis_grid.services.planning.starting import begin
from gis_grid.storage.database import sessions
from gis_grid.storage.plans.plans import PlanStore


def approved_merge(engine, desk, one, into, *, area="s"):
    """Begin a plan that merges one grid into another, and approve it; return its number."""
    now = datetime.now(UTC)
    with sessions(engine).begin() as session:
        store, begun = PlanStore(session), begin(session, area)
        plan = store.add(
            title="x",
            area_code=area,
            generation=begun.generation,
            start_digest=store.keep_start(begun.start, now=now),
            settings={},
            author="ann",
            now=now,
        )
    desk.do(
        plan.number,
        lambda held, _: edits.merge(held.state, [one], into),
        seen=0,
        author="ann",
        now=now,
    )
    for stage in (Stage.REVIEW, Stage.APPROVED):
        with sessions(engine).begin() as session:
            store = PlanStore(session)
            store.move(store.hold(plan.number), stage, now=now)
    return plan.number
