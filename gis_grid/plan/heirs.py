"""Which old grid each grid of a proposal continues, and codes for those that continue none."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from gis_grid.plan.arrays import Ints
from gis_grid.plan.balance import locked_grids
from gis_grid.plan.core import NOBODY
from gis_grid.plan.numbering import numbered_code
from gis_grid.plan.proposal import Proposal
from gis_grid.plan.state import PlanState

_GROUND = 1e-9
"""What a square metre counts beside a person, so that empty ground has an heir, too."""


def with_heirs(state: PlanState, proposal: Proposal, people: npt.ArrayLike) -> Proposal:
    """Let each grid of a proposal be the old grid with which it has most people in common.

    The pair with most people in common is settled first, so that few people change their grid's
    code. Locked grids stay themselves. Grids are the same ground as before, only their numbers
    differ.

    Parameters
    ----------
    state
        The plan that the proposal was made for.
    proposal
        Made from scratch; a small change has its heirs already.
    people
        What counts, of each block number, shape ``(state.used,)``.
    """
    alive = state.alive()
    now, then = state.core.grid[alive], proposal.assignment[alive]
    counts = np.asarray(people, float)[alive] + _GROUND * state.core.weights[alive, -1]
    own = np.isin(then, proposal.grids) & (now != NOBODY)
    pairs, label = np.unique(np.c_[now[own], then[own]], axis=0, return_inverse=True)
    common = np.bincount(label.ravel(), counts[own], len(pairs))
    heir: dict[int, int] = {}
    taken: set[int] = set(locked_grids(state).tolist())
    for at in np.argsort(-common, kind="stable"):
        old, new = (int(one) for one in pairs[at])
        if old not in taken and new not in heir:
            heir[new] = old
            taken.add(old)
    free = [int(grid) for grid in state.living_grids() if int(grid) not in taken]
    waiting = [int(grid) for grid in proposal.grids if int(grid) not in heir]
    more = range(state.grids, state.grids + len(waiting))
    heir |= dict(zip(waiting, [*free, *more], strict=False))
    return _renamed(proposal, heir)


def _renamed(proposal: Proposal, heir: dict[int, int]) -> Proposal:
    assignment = proposal.assignment.copy()
    for new, old in heir.items():
        assignment[proposal.assignment == new] = old
    return replace(
        proposal,
        assignment=assignment,
        grids=np.array([heir[int(grid)] for grid in proposal.grids], np.int64),
        unsplittable=tuple(replace(one, grid=heir[one.grid]) for one in proposal.unsplittable),
    )


def fresh_codes(state: PlanState, assignment: Ints, grids: Iterable[int]) -> dict[int, str]:
    """Return codes for grids that a plan does not have yet.

    Each gets the next number in the community in which most of its ground is, or ``new-1`` and so
    on where there is none.

    Examples
    --------
    See tests/plan/test_heirs.py.
    """
    taken = {code for code in state.codes if code is not None}
    found: dict[int, str] = {}
    for grid in sorted(grids):
        if grid < state.grids:
            continue
        found[grid] = _next_code(_community(state, np.flatnonzero(assignment == grid)), taken)
        taken.add(found[grid])
    return found


def _community(state: PlanState, blocks: Ints) -> str | None:
    labels = state.blocks.community
    if not len(labels.number) or not len(blocks):
        return None
    home = labels.number[state.origins(blocks)]
    if not (home >= 0).any():
        return None
    area = np.bincount(home[home >= 0], state.core.weights[blocks[home >= 0], -1])
    return str(labels.names[int(np.argmax(area))])


def _next_code(community: str | None, taken: set[str]) -> str:
    number = 1
    while True:
        code = f"new-{number}" if community is None else numbered_code(community, number)
        if code not in taken:
            return code
        number += 1
