"""How a kind of report is declared: one function, and what has to be known about it."""

from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from gis_grid.errors import InputError
from gis_grid.maps.page import Page
from gis_grid.maps.reports.material import Material
from gis_grid.maps.words import LANGS, Lang, Text, Words

if TYPE_CHECKING:
    import folium


def option(
    default: Any,  # noqa: ANN401 - text, number or nothing
    doc: str,
    *,
    choices: tuple[str, ...] = (),
    low: int | None = None,
    high: int | None = None,
) -> Any:  # noqa: ANN401 - stands for a value of any type, as dataclasses.field does
    """Declare an option of a report: its default, what it is for, and what it may be.

    The command line and HTTP offer it under the name of its field.
    """
    about = {"doc": doc, "choices": choices, "low": low, "high": high}
    return field(default=default, metadata=about)


@dataclass(frozen=True, kw_only=True)
class Options:
    """What every report can be asked for; a kind adds its own fields.

    Raises
    ------
    InputError
        A value is none of the choices, or too small or too large.

    Examples
    --------
    >>> Options(lang="en").lang
    'en'
    >>> Options(lang="fr")
    Traceback (most recent call last):
    gis_grid.errors.InputError: lang 'fr' is not possible; choose zh or en
    """

    lang: Lang = option("zh", "Language of the report.", choices=LANGS)  # noqa: RUF009 - a field
    title: str | None = option(None, "Title; else the kind's own.")

    def __post_init__(self) -> None:
        """Refuse a value that is not allowed."""
        for one in fields(self):
            _require(one, getattr(self, one.name))

    @property
    def say(self) -> Words:
        """The words of the language."""
        return Words(self.lang)


def _require(one: "Field[Any]", value: Any) -> None:  # noqa: ANN401 - a value of any option
    choices, low, high = (one.metadata.get(key) for key in ("choices", "low", "high"))
    if choices and value is not None and value not in choices:
        message = f"{one.name} {value!r} is not possible; choose {' or '.join(choices)}"
        raise InputError(message)
    if low is not None and value is not None and not low <= value <= high:
        message = f"{one.name} {value} is not possible; give {low} to {high}"
        raise InputError(message)


@dataclass(frozen=True, kw_only=True)
class Windowed(Options):
    """Options of a report about incidents of some time."""

    days: int = option(28, "So many days up to the newest incident.", low=1, high=3660)


Draw = Callable[[Material, Any], Page]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of report.

    Called with material and options it returns a `folium.Map`, for a notebook or a file; `page`
    returns the description from which HTML, PNG and PDF are made.
    """

    key: str
    title: Text
    about: Text
    """One line: what it shows, in which unit."""

    subject: str
    """The layer whose readers may have it, each in their own area."""

    needs: tuple[str, ...]
    """Frames of `Material` without which it cannot be drawn."""

    options: type[Options]
    draw: Draw
    from_file: str = ""
    """The frame that a plain file can stand for; empty when it takes a whole city."""

    def page(self, material: Material, options: Options | None = None) -> Page:
        """Return the page, with the title that the options name.

        Raises
        ------
        InputError
            The options are of another kind, or do not fit the material.
        """
        given = options if options is not None else self.options()
        if not isinstance(given, self.options):
            message = f"{self.key} takes {self.options.__name__}, not {type(given).__name__}"
            raise InputError(message)
        return self.draw(material, given)

    def __call__(self, material: Material, options: Options | None = None) -> "folium.Map":
        """Return the report as a folium map; raises as `page`."""
        from gis_grid.maps.offline import to_folium  # noqa: PLC0415 - a service seldom needs folium

        return to_folium(self.page(material, options))

    def options_of(self, given: Mapping[str, Any]) -> Options:
        """Return options from their names and values; None means the default.

        Raises
        ------
        InputError
            There is no such option, or its value is not allowed.
        """
        known = [one.name for one in fields(self.options)]
        for name in given:
            if name not in known:
                message = f"report {self.key} has no option {name!r}; it has {', '.join(known)}"
                raise InputError(message)
        return self.options(**{name: value for name, value in given.items() if value is not None})


def kind(  # noqa: PLR0913 - what has to be known of a kind
    *,
    key: str,
    title: Text,
    about: Text,
    subject: str,
    needs: tuple[str, ...],
    options: type[Options] = Options,
    from_file: str = "",
) -> Callable[[Draw], Kind]:
    """Make a kind of report of the function that draws it."""

    def declared(draw: Draw) -> Kind:
        return Kind(
            key=key,
            title=title,
            about=about,
            subject=subject,
            needs=needs,
            options=options,
            draw=draw,
            from_file=from_file,
        )

    return declared
