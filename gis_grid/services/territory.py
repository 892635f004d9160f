"""The territory of the current generation: what grants on grids are worth now."""

from sqlalchemy.orm import Session

from gis_grid.accounts.areas import Territory
from gis_grid.grid.tree import GridTree
from gis_grid.storage.generations import GenerationStore
from gis_grid.storage.kinship import current_kin


def territory_of(session: Session) -> Territory:
    """Read the tree of the current generation and what became of the grids before it.

    Raises
    ------
    StorageError
        The database cannot be read.
    """
    generations = GenerationStore(session)
    number = generations.number()
    codes, parents, levels = current_kin(session)
    known = frozenset(codes)
    above = [parent if parent in known else None for parent in parents]  # an orphan is a root
    tree = GridTree.build(codes, above, levels)
    return Territory.of(tree, number, generations.changes())
