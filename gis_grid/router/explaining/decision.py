"""What is decided about a place: values without behaviour."""

from dataclasses import dataclass
from enum import StrEnum

from gis_grid.router.explaining.confidence import require_accuracy


class Method(StrEnum):
    """The rule that found the owner."""

    FACILITY = "facility"
    SPECIAL = "special"
    POLYGON = "polygon"
    NEAREST = "nearest"
    TERRITORIAL = "territorial"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A point in WGS-84 degrees; one that is NaN or not on Earth is outside everything.

    Raises
    ------
    InputError
        The accuracy is negative or no finite number.
    """

    lon: float
    lat: float
    accuracy_m: float | None = None
    """Radius of the circle that holds the true place with 95 %; None when it is not stated."""

    def __post_init__(self) -> None:
        """Refuse an accuracy that is no length."""
        require_accuracy(self.accuracy_m)

    @property
    def radius_m(self) -> float:
        """Return the radius of the accuracy circle, 0 when it is not stated."""
        return self.accuracy_m or 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Another grid in the accuracy circle."""

    code: str
    distance_m: float
    """From the point to the grid; 0 when the grid holds it."""

    is_special: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The owner of a place, the rule that found it, and who else it could be."""

    place: Place
    method: Method
    code: str | None
    """Code of the owner; None outside."""

    is_special: bool
    """The owner is a special grid."""

    ground_code: str | None
    """Code of the ground grid that holds the point, whoever owns it; None where none does."""

    distance_m: float | None
    """From the point to the nearest border behind which the rule would find somebody else; to the
    grid itself when it is the nearest one; None when there is no border at all."""

    confidence: float | None
    """Probability that the true place lies where this owner answers; None without an accuracy."""

    is_ambiguous: bool
    """The accuracy circle crosses that border."""

    candidates: tuple[Candidate, ...]
    """The other grids in the accuracy circle of an ambiguous place, the nearest first."""
