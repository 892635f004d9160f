"""Configuration, read once from the environment by the command line and the web."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Each field is an environment variable ``GIS_GRID_<FIELD>``, or a line of ``.env``."""

    model_config = SettingsConfigDict(env_prefix="GIS_GRID_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///gis_grid.db"
    """Where to keep data: SQLite by default, ``postgresql+psycopg://`` for PostGIS."""

    cache_dir: Path | None = None
    """Where saved router indexes lie; beside the SQLite file, or the user's cache, when unset."""

    special_file: Path | None = None
    """Special grids (专属网格) that go before the ground grids: a file of polygons and lines with
    ``code`` and, as wanted, ``name``, ``priority`` and ``tolerance_m``; none when unset. They are
    routed to, listed, found and drawn instead of those that the database keeps."""

    secret: SecretStr | None = None
    """What cookies are signed with, 32 characters or more; made once and kept in the database when
    unset. Another one signs everybody out."""

    https: bool = False
    """Whether browsers reach the service by https: cookies are then for https only."""

    session_idle_min: int = Field(default=60, ge=5)
    """A session ends when nothing was asked for so many minutes."""

    session_max_h: int = Field(default=12, ge=1)
    """A session ends after so many hours in any case."""

    oidc_file: Path | None = None
    """OpenID Connect providers that people may sign in with: a TOML file; none when unset."""

    public_view: bool = False
    """Whether everybody may see how many incidents each community had, in steps of five."""
