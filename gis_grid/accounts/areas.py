"""Areas: the grids that somebody may touch, and how a grant on a grid outlives a new generation."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from gis_grid.accounts.principals import Grant
from gis_grid.grid.generations import Lineage
from gis_grid.grid.tree import GridTree

MOSTLY = 0.5
"""A new grid is inherited when more than this share of its ground was held before."""


@dataclass(frozen=True, slots=True)
class Area:
    """A set of grids of all levels, by code; or the whole city, also what lies in no grid.

    Hashable and equal by value; the set operations are those of sets.

    Examples
    --------
    >>> here = Area(frozenset({"s", "s1"}))
    >>> "s1" in here, "s2" in here, None in here, None in EVERYWHERE
    (True, False, False, True)
    >>> (here & Area(frozenset({"s1", "s2"}))).codes
    frozenset({'s1'})
    >>> here | EVERYWHERE == EVERYWHERE, here & NOWHERE == NOWHERE, here <= EVERYWHERE
    (True, True, True)
    >>> Area(frozenset()) == NOWHERE, NOWHERE.is_nowhere
    (True, True)
    """

    codes: frozenset[str] | None
    """Codes of the grids; None is the whole city."""

    @property
    def is_everywhere(self) -> bool:
        """Whether it is the whole city."""
        return self.codes is None

    @property
    def is_nowhere(self) -> bool:
        """Whether nothing lies in it."""
        return self.codes is not None and not self.codes

    def __contains__(self, code: str | None) -> bool:
        """Return whether a thing owned by the grid `code` lies in it; None: owned by no grid."""
        return self.codes is None or (code is not None and code in self.codes)

    def __or__(self, other: "Area") -> "Area":
        """Return both together."""
        if self.codes is None or other.codes is None:
            return EVERYWHERE
        return Area(self.codes | other.codes)

    def __and__(self, other: "Area") -> "Area":
        """Return what lies in both."""
        if self.codes is None:
            return other
        return self if other.codes is None else Area(self.codes & other.codes)

    def __le__(self, other: "Area") -> bool:
        """Return whether all of it lies in `other`."""
        if other.codes is None:
            return True
        return self.codes is not None and self.codes <= other.codes


EVERYWHERE = Area(None)
"""The whole city, also what lies in no grid."""

NOWHERE = Area(frozenset())
"""No grid at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Territory:
    """The grids of the current generation and what became of those before: made by `of`.

    A grant is on a grid of one generation and holds in every one that follows:

    * A grid that keeps its code keeps its grant, also when its border moved. When the lineage says
      that the code means other ground now, it does not.
    * A new grid is inherited when more than half of its ground (`Lineage.share_of_new`) lay in
      grids held through the same grants. A smaller part gives nothing: rights never grow by more
      than was held, and nobody gets a grid for a sliver of it. Two halves merged go to those only
      who held both.
    * A grant that nothing of the current generation inherits is stranded: it stays, gives nothing,
      and `stranded` names it.

    Things of the past are owned by grids that are gone, such as closed incidents. Each such grid
    has one heir, the grid that most of its ground went to (of equals the first code), and lies in
    the areas that its heir lies in.

    Examples
    --------
    >>> tree = GridTree.build(["c", "a1", "a2"], [None, "c", "c"], ["city", "subarea", "subarea"])
    >>> halves = {"old_code": "a", "share": 0.5, "kind": "split"}
    >>> split = [Lineage(new_code="a1", **halves), Lineage(new_code="a2", **halves)]
    >>> land = Territory.of(tree, 2, {2: split})
    >>> from gis_grid.accounts.roles import Role
    >>> sorted(land.area([Grant(Role.VIEWER, "a", generation=1)]).codes)
    ['a', 'a1', 'a2']
    >>> land.area([Grant(Role.VIEWER, "a1", generation=2)]).codes == {"a", "a1"}
    True
    >>> land.area([]) == NOWHERE, land.stranded([Grant(Role.VIEWER, "b", generation=1)])
    (True, (Grant(role=<Role.VIEWER: 'viewer'>, grid_code='b', generation=1),))
    """

    tree: GridTree
    generation: int
    publications: Mapping[int, Sequence[Lineage]]
    heirs: Mapping[str, str]

    @classmethod
    def of(
        cls, tree: GridTree, generation: int, publications: Mapping[int, Sequence[Lineage]]
    ) -> "Territory":
        """Return the territory of a generation.

        Parameters
        ----------
        tree
            The grids of the current generation.
        generation
            Its number; 0 when none was published, then the tree is empty.
        publications
            The lineage that came with each generation, by its number. Rows of grids that did not
            change at all may be left out.
        """
        rows = {number: publications[number] for number in sorted(publications)}
        now = frozenset(tree.codes.tolist())
        return cls(tree, generation, MappingProxyType(rows), _heirs(rows, now))

    def held(self, grants: Iterable[Grant]) -> frozenset[str]:
        """Return the codes of the current grids that grants hold, without what lies below them."""
        found: frozenset[str] = frozenset()
        before = 0
        given = [grant for grant in grants if grant.generation is not None]
        for number, group in groupby(sorted(given, key=_since), key=_since):
            found = self._followed(found, before, number)
            found |= {grant.grid_code for grant in group if grant.grid_code is not None}
            before = number
        return frozenset(
            code
            for code in self._followed(found, before, self.generation)
            if code in self.tree.codes
        )

    def area(self, grants: Iterable[Grant]) -> Area:
        """Return the area that grants give together."""
        given = tuple(grants)
        if any(grant.is_everywhere for grant in given):
            return EVERYWHERE
        return self.below(self.held(given))

    def below(self, codes: Iterable[str]) -> Area:
        """Return some current grids, all below them, and what they are the heirs of.

        Raises
        ------
        NotFoundError
            The current generation has no such grid.
        """
        found: set[str] = set()
        for code in codes:
            if code not in found:
                found.update((code, *self.tree.descendants(code)))
        gone = {old for old, heir in self.heirs.items() if heir in found}
        return Area(frozenset(found | gone))

    def stranded(self, grants: Iterable[Grant]) -> tuple[Grant, ...]:
        """Return the grants that hold nowhere in the current generation, each taken alone."""
        return tuple(
            grant for grant in grants if not grant.is_everywhere and not self.held([grant])
        )

    def sums_at(self, level: str, counts: Mapping[str, int]) -> Counter[str]:
        """Sum counts by grid into the grids of a level that they lie in now.

        A grid that is gone counts where its heir lies; what lies in no grid of the level is lost.
        """
        above: Sequence[int] = self.tree.ancestors_at(level).tolist()
        place = {str(code): at for at, code in enumerate(self.tree.codes)}
        sums: Counter[str] = Counter()
        for code, count in counts.items():
            at = place.get(code, place.get(self.heirs.get(code, ""), -1))
            if at >= 0 and above[at] >= 0:
                sums[str(self.tree.codes[above[at]])] += count
        return sums

    def _followed(self, codes: frozenset[str], since: int, until: int) -> frozenset[str]:
        for number, rows in self.publications.items():
            if codes and since < number <= until:
                codes = _inherited(codes, rows)
        return codes


def _since(grant: Grant) -> int:
    return grant.generation or 0


def _inherited(held: frozenset[str], rows: Sequence[Lineage]) -> frozenset[str]:
    """Return what is held after a publication by those who held `held` before."""
    parted = {row.old_code for row in rows if row.old_code in held}
    same = {row.old_code for row in rows if row.old_code == row.new_code}
    gained: dict[str, float] = {}
    for row in rows:
        if row.old_code in held:
            gained[row.new_code] = gained.get(row.new_code, 0.0) + row.share_of_new
    new = {code for code, share in gained.items() if share > MOSTLY}
    return frozenset((held - parted) | (held & same) | new)


def _heirs(publications: Mapping[int, Sequence[Lineage]], now: Container[str]) -> Mapping[str, str]:
    """Return which current grid most of the ground of each grid that is gone lies in."""
    found: dict[str, str] = {}
    leads: dict[str, str | None] = {}
    for number in sorted(publications, reverse=True):
        came_from = leads.copy()
        for old, new in _main_successors(publications[number]).items():
            heir = leads.get(new, new if new in now else None)
            came_from[old] = heir
            if heir is not None and old not in now:
                found.setdefault(old, heir)
        leads = came_from
    return MappingProxyType(found)


def _main_successors(rows: Sequence[Lineage]) -> dict[str, str]:
    """Return for each old grid itself when it goes on, else where most of it went."""
    best: dict[str, tuple[bool, float, str]] = {}
    for row in sorted(rows, key=lambda row: row.new_code, reverse=True):
        rank = (row.old_code == row.new_code, row.share, row.new_code)
        if row.old_code not in best or rank[:2] >= best[row.old_code][:2]:
            best[row.old_code] = rank
    return {old: rank[2] for old, rank in best.items()}
