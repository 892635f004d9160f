"""Everything that gis_grid raises on purpose.

GisGridError
├── InputError            the caller's data is unusable (also a ValueError)
│   ├── CrsError          missing, geographic, metric or mismatched CRS
│   ├── GeometryError     empty, invalid or wrong type of geometry
│   ├── CodeError         a code does not follow its scheme
│   └── FileError         a file cannot be read as what it should be
├── NotFoundError         a code or id names nothing (also a LookupError)
├── IdentityError         nobody has signed in, or what shows who asks does not hold
│   ├── SecondFactorError the password is right and a code is needed, too
│   └── LockedError       too many wrong tries; wait
├── DeniedError           who asks may not do this
├── ConflictError         a rule of the model forbids the change
└── StorageError          the database cannot be reached, is locked, full or of another version
"""

from collections.abc import Mapping


class GisGridError(Exception):
    """Something went wrong in gis_grid.

    The message is English. Where a page has to say why in the language of its reader, there is a
    `reason`, a word for the kind of refusal, and in `about` what it is about, by name.
    """

    def __init__(
        self, *said: object, reason: str | None = None, about: Mapping[str, str] | None = None
    ) -> None:
        """Keep the message, and the reason with what it is about."""
        super().__init__(*said)
        self.reason = reason
        self.about = dict(about or {})


class InputError(GisGridError, ValueError):
    """The data given cannot be used."""


class CrsError(InputError):
    """The coordinate reference system is missing or not the one that is needed."""


class GeometryError(InputError):
    """The geometry is empty, invalid or of the wrong type."""


class CodeError(InputError):
    """The code does not follow its scheme."""


class FileError(InputError):
    """The file cannot be read as what it should be."""


class NotFoundError(GisGridError, LookupError):
    """Nothing has this code."""


class IdentityError(GisGridError):
    """Nobody has signed in, or what shows who asks does not hold."""


class SecondFactorError(IdentityError):
    """Name and password are right, and a code of the authenticator is needed, too."""


class LockedError(IdentityError):
    """There were too many wrong tries."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        """Say when to try again: after `retry_after_s` whole seconds."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class DeniedError(GisGridError):
    """Who asks may not do this."""


class ConflictError(GisGridError):
    """A rule of the model forbids this change."""


class StaleError(ConflictError):
    """What was to be changed has changed since it was seen; look at it again."""


class StorageError(GisGridError):
    """The database cannot do this now: unreachable, locked, full or of another version."""
