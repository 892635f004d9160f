"""The phases of a start, in processor seconds: a script of its own, for imports are the first.

The environment names the database and the folder of what is kept, as it does for the service.
"""

import sys
import time

MARKS = [("", time.process_time())]


def mark(what: str) -> None:
    MARKS.append((what, time.process_time()))


def main(text: str) -> None:
    from api.serving import create_app  # noqa: PLC0415 - what is measured

    app = create_app()
    mark("imports, making the app")
    from fastapi.testclient import TestClient  # noqa: PLC0415

    mark("")  # what only this script needs
    with TestClient(app, headers={"Authorization": f"Bearer {text}"}) as client:
        mark("opening the database")
        client.get("/api/v1/health").raise_for_status()
        mark("first health")
        west, south, east, north = client.get("/api/v1/city").json()["bounds"]
        mark("")
        place = f"lon={(west + east) / 2}&lat={(south + north) / 2}"
        client.get(f"/api/v1/route?{place}").raise_for_status()
        mark("first route")
    before = MARKS[0][1]
    for what, at in MARKS[1:]:
        if what:
            print(f"{what}\t{at - before:.3f}")
        before = at


if __name__ == "__main__":
    main(sys.argv[1])
