"""The console: one page for each kind of work, and the files that they load."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api import assets
from api.rights import OPEN

router = APIRouter(include_in_schema=False, dependencies=[OPEN])

PAGES = ("signin", "planner", "dispatch", "overview", "admin", "account")
BEFORE_A_MAP = frozenset({"signin", "planner", "dispatch", "overview"})
"""Pages with a map, or that lead to one."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No inline script and nothing from outside: the browser refuses both."""

_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
}


@router.get("/")
def show_home() -> Response:
    """Send whoever opens the bare address to sign in; that page knows where to go from there."""
    return RedirectResponse("/signin", status_code=303)


def _page(name: str) -> None:
    def show(request: Request) -> Response:
        if name in BEFORE_A_MAP:
            request.state.tiles.prepare()
        return assets.answer(request, assets.page(name), _HEADERS)

    show.__name__ = f"show_{name}"
    show.__doc__ = f"Show the page `{name}` of the console."
    router.add_api_route(f"/{name}", show)


for _name in PAGES:
    _page(_name)


@router.get("/static/{path:path}")
def get_static(path: str, request: Request) -> Response:
    """Send a file of the console."""
    kept = assets.FOR_EVER if path.startswith(assets.HASHED) else "no-cache"
    return assets.answer(request, assets.asset(path), {"Cache-Control": kept})
