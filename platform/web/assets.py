"""The static files: read once, bundled, fingerprinted, compressed, and served for a year."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FOLDER = files("kith.web") / "assets"
PREFIX = "/assets/"
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    path: str
    url: str
    type: str
    content: bytes
    gzipped: bytes


class Assets:
    """All static files of the product, by path; `url` is what pages link to."""

    def __init__(self, folder: Traversable = FOLDER) -> None:
        found = dict(_read(folder)) | {"kith.css": _bundle(folder / "styles")}
        self._by_path = {path: _asset(path, content) for path, content in found.items()}
        self._by_url = {asset.url: asset for asset in self._by_path.values()}

    def url(self, path: str) -> str:
        """Return the address of an asset, with the hash of its content in it."""
        return self._by_path[path].url

    def __getitem__(self, path: str) -> Asset:
        return self._by_path[path]

    @property
    def route(self) -> Route:
        """The route that serves the assets."""
        return Route(PREFIX + "{path:path}", self.serve, name="assets")

    async def serve(self, request: Request) -> Response:
        """Send an asset; an address with the hash of another release gets the present file, uncached."""
        asset = self._by_url.get(request.url.path)
        caching = FOREVER if asset else "no-cache"
        asset = asset or self._by_path.get(_without_hash(request.path_params["path"]))
        if asset is None:
            return Response("Not found", 404, media_type="text/plain")
        headers = {"cache-control": caching, "vary": "accept-encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.gzipped, headers=headers | {"content-encoding": "gzip"}, media_type=asset.type)
        return Response(asset.content, headers=headers, media_type=asset.type)


def _read(folder: Traversable, prefix: str = "") -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in folder.iterdir():
        if item.is_dir() and item.name != "styles":
            found += _read(item, f"{prefix}{item.name}/")
        elif PurePosixPath(item.name).suffix in TYPES:
            found.append((prefix + item.name, item.read_bytes()))
    return found


def _bundle(styles: Traversable) -> bytes:
    """Join the style sheets in the order of their names, without comments and indentation."""
    sheets = sorted((item for item in styles.iterdir() if item.name.endswith(".css")), key=lambda item: item.name)
    text = "\n".join(sheet.read_text("utf-8") for sheet in sheets)
    return re.sub(r"\n\s+", "\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).encode()


def _asset(path: str, content: bytes) -> Asset:
    pure = PurePosixPath(path)
    url = f"{PREFIX}{pure.with_suffix('')}.{sha256(content).hexdigest()[:10]}{pure.suffix}"
    return Asset(path, url, TYPES[pure.suffix], content, gzip.compress(content, 9, mtime=0))


def _without_hash(path: str) -> str:
    return re.sub(r"\.[0-9a-f]{10}(?=\.\w+$)", "", path)
