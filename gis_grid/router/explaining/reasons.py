"""One sentence that says why somebody owns a place, in Chinese and in English."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gis_grid.router.explaining.decision import Decision, Method

NAMED_AT_MOST = 3
"""Candidates that a sentence names; it counts the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a grid is called in a sentence."""

    code: str
    name: str | None
    level_zh: str
    level_en: str

    @property
    def zh(self) -> str:
        """Return level, name and code in Chinese."""
        return f"{self.level_zh}“{self.name}”（{self.code}）" if self.name else self.bare_zh

    @property
    def bare_zh(self) -> str:
        """Return level and code in Chinese."""
        return f"{self.level_zh} {self.code}"

    @property
    def en(self) -> str:
        """Return level, name and code in English."""
        named = f"“{self.name}” ({self.code})" if self.name else self.code
        return f"{self.level_en} {named}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper:
    """A facility and the body that answers for it."""

    code: str
    body: str | None
    """Who maintains it, else who owns it, else who is in charge; None when nobody is named."""


class Reason(NamedTuple):
    """The same sentence in two languages."""

    zh: str
    en: str


def reason(
    decision: Decision, labels: Mapping[tuple[str, bool], Label], keeper: Keeper | None = None
) -> Reason:
    """Say in one sentence why a place has its owner.

    Parameters
    ----------
    decision
        What was decided.
    labels
        What the owner and the candidates are called, by code and whether it is a special grid.
    keeper
        The facility that the report is about, when its own grid was taken.

    Returns
    -------
    Reason
        Plain text. Names and codes come from the city's data as they are: escape them where the
        sentence is shown.

    Examples
    --------
    >>> from gis_grid.router.explaining.decision import Place
    >>> nowhere = Decision(
    ...     place=Place(lon=float("nan"), lat=0.0), method=Method.OUTSIDE, code=None,
    ...     is_special=False, ground_code=None, distance_m=None, confidence=None,
    ...     is_ambiguous=False, candidates=())
    >>> reason(nowhere, {}).zh
    '点位不在任何网格内，附近也没有网格。'
    >>> reason(nowhere, {}).en
    'The point is in no grid, and no grid is near.'
    """
    owner = None if decision.code is None else labels[decision.code, decision.is_special]
    why = _why(decision, owner, keeper)
    doubt = _doubt(decision, labels)
    return Reason(f"{why.zh}{doubt.zh}。", f"{why.en}{doubt.en}.")


def _why(decision: Decision, owner: Label | None, keeper: Keeper | None) -> Reason:
    metres = decision.distance_m
    if owner is None:
        return _outside(metres)
    if decision.method is Method.FACILITY and keeper is not None:
        return _kept(owner, keeper)
    far_zh, far_en = _metres(metres)
    sentences = {
        Method.SPECIAL: Reason(
            f"点位属于{owner.zh}，专属网格优先于地面网格{far_zh}",
            f"The point belongs to {owner.en}, which goes before the ground grids{far_en}",
        ),
        Method.NEAREST: Reason(
            f"点位不在任何地面网格内，就近归入{owner.zh}，相距 {metres or 0.0:.1f} 米，请核实",
            f"No ground grid holds the point; {owner.en} is the nearest, {metres or 0.0:.1f} m "
            "away, to be checked",
        ),
        Method.TERRITORIAL: Reason(
            f"点位不在任何地面网格内，按属地归{owner.zh}{far_zh}",
            f"No ground grid holds the point; by territory {owner.en} answers{far_en}",
        ),
    }
    inside = Reason(f"点位在{owner.zh}范围内{far_zh}", f"The point lies in {owner.en}{far_en}")
    return sentences.get(decision.method, inside)


def _metres(metres: float | None) -> Reason:
    if metres is None:
        return Reason("", "")
    return Reason(f"，距边界 {metres:.1f} 米", f", {metres:.1f} m from the border")


def _outside(metres: float | None) -> Reason:
    if metres is None:
        return Reason(
            "点位不在任何网格内，附近也没有网格", "The point is in no grid, and no grid is near"
        )
    return Reason(
        f"点位不在任何网格内，最近的网格在 {metres:.1f} 米外",
        f"The point is in no grid; the nearest one is {metres:.1f} m away",
    )


def _kept(owner: Label, keeper: Keeper) -> Reason:
    if keeper.body is None:
        return Reason(
            f"部件 {keeper.code} 没有登记责任单位，由所在的{owner.zh}负责",
            f"No body is recorded for facility {keeper.code}; {owner.en}, where it stands, answers",
        )
    return Reason(
        f"部件 {keeper.code} 由“{keeper.body}”负责，属于{owner.zh}",
        f"Facility {keeper.code} is kept by “{keeper.body}” and belongs to {owner.en}",
    )


def _doubt(decision: Decision, labels: Mapping[tuple[str, bool], Label]) -> Reason:
    if not decision.is_ambiguous:
        return Reason("", "")
    accuracy = f"{decision.place.radius_m:g}"
    others = [labels[one.code, one.is_special] for one in decision.candidates]
    if not others:
        return Reason(
            f"；精度 {accuracy} 米的范围越过边界",
            f"; its accuracy of {accuracy} m reaches across the border",
        )
    return Reason(
        f"；精度 {accuracy} 米的范围越过边界，也可能属于{_listed_zh(others)}",
        f"; its accuracy of {accuracy} m reaches across the border, so it may be that of "
        f"{_listed_en(others)}",
    )


def _listed_zh(others: Sequence[Label]) -> str:
    named = "、".join(one.zh for one in others[:NAMED_AT_MOST])
    return f"{named}等 {len(others)} 个网格" if len(others) > NAMED_AT_MOST else named


def _listed_en(others: Sequence[Label]) -> str:
    named = [one.en for one in others[:NAMED_AT_MOST]]
    if len(others) > NAMED_AT_MOST:
        named.append(f"{len(others) - NAMED_AT_MOST} more")
    return " or ".join(named)
