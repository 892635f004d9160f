"""Join neighbouring regions, lightest first, until so many are left."""

import heapq
from dataclasses import dataclass

import numpy as np

from gis_grid.demo.kinds import Floats, Ints
from gis_grid.demo.lines import totals

_BORDER_POWER = 0.8


@dataclass(frozen=True, slots=True)
class Regions:
    """Regions with their work and area, and the borders between neighbours."""

    load: Floats
    area_m2: Floats
    pair: Ints
    """(m, 2) neighbours."""

    border_m: Floats
    """Length of each border; a river or a main street counts for less than its length."""

    within: Ints
    """Regions join only inside the same `within`."""

    def grouped(self, label: Ints, within: Ints) -> "Regions":
        """Return the regions that joining by `label` made."""
        n = int(label.max()) + 1
        both = np.sort(label[self.pair], axis=1)
        real = both[:, 0] != both[:, 1]
        key, inverse = np.unique(both[real] @ [n, 1], return_inverse=True)
        return Regions(
            totals(label, self.load, n),
            totals(label, self.area_m2, n),
            np.c_[key // n, key % n],
            totals(inverse, self.border_m[real], len(key)),
            within,
        )


def agglomerate(regions: Regions, target: int, most_m2: float = np.inf) -> Ints:
    """Label each region with the part it joins; parts are connected and inside one `within`.

    The lightest part joins the neighbour that is light and shares a long border, until `target`
    parts are left. No joined part is larger than `most_m2`. When no allowed neighbour is left there
    are more parts than asked for. Equal input gives equal labels on any machine.
    """
    load, area = regions.load.round(6).tolist(), regions.area_m2.round(3).tolist()
    links, parent = _links(regions), list(range(len(load)))
    heap, left = [(weight, i) for i, weight in enumerate(load)], len(load)
    heapq.heapify(heap)
    while heap and left > target:
        weight, i = heapq.heappop(heap)
        if parent[i] != i or weight != load[i]:
            continue
        j = _best(i, links[i], load, (area, most_m2))
        if j < 0:
            continue
        parent[i], left = j, left - 1
        load[j], area[j] = load[j] + load[i], area[j] + area[i]
        _hand_over(links, i, j)
        heapq.heappush(heap, (load[j], j))
    return _roots(np.array(parent))


def _links(regions: Regions) -> list[dict[int, float]]:
    links: list[dict[int, float]] = [{} for _ in regions.load]
    same = regions.within[regions.pair[:, 0]] == regions.within[regions.pair[:, 1]]
    border = regions.border_m[same].round(3).tolist()
    for (a, b), shared in zip(regions.pair[same].tolist(), border, strict=True):
        links[a][b] = links[b][a] = max(shared, 0.1)
    return links


def _best(
    i: int, links: dict[int, float], load: list[float], size: tuple[list[float], float]
) -> int:
    area, most = size
    fit = [k for k in links if area[i] + area[k] <= most]
    return min(fit, key=lambda k: (load[k] / links[k] ** _BORDER_POWER, k), default=-1)


def _hand_over(links: list[dict[int, float]], i: int, j: int) -> None:
    for k, shared in links[i].items():
        del links[k][i]
        if k != j:
            links[j][k] = links[k][j] = links[j].get(k, 0.0) + shared
    links[i] = {}


def _roots(parent: Ints) -> Ints:
    root = parent
    while (root[root] != root).any():
        root = root[root]
    return np.unique(root, return_inverse=True)[1].astype(np.int64)
