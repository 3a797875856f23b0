"""Serve the webserver on port 8080; REPOSITORY_URL names the Repository's Redis."""

from __future__ import annotations

import os
import sys

import uvicorn

from simple_ocr.observations import Repository
from simple_ocr.webserver.app import create_app


def main() -> None:
    """Serve until told to stop; exits with status 2 and one sentence when the setting is missing."""
    url = os.environ.get("REPOSITORY_URL")
    if not url:
        sys.stderr.write("set REPOSITORY_URL in the environment of the webserver\n")
        sys.exit(2)
    uvicorn.run(create_app(Repository(url)), host="0.0.0.0", port=8080, access_log=False)  # noqa: S104 - a container's


if __name__ == "__main__":
    main()
