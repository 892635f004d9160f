"""The service as a process of its own begins it: ``uvicorn --factory api.serving:create_app``."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI


def create_app() -> "FastAPI":
    """Import and build the service as `api.app.create_app` does, in two thirds of the time.

    Importing makes a million objects, none of which goes away: to look again and again for those
    that did takes a third of a start, and later the longest pauses between two answers. So nothing
    is collected meanwhile, and what is there in the end is never looked at again.

    Raises
    ------
    InputError
        The environment has a setting that cannot be used.
    """
    gc.disable()
    try:
        from api.app import create_app as made  # noqa: PLC0415 - this is what takes the time

        return made(is_ahead=True)
    finally:
        gc.freeze()
        gc.enable()
