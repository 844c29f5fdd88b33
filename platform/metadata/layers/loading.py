"""Folders become layers: the text of every document as it came, from the platform's own up to the app's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from kith.metadata.mistakes import layers as mistakes
from kith.metadata.mistakes import shape
from kith.metadata.model import Layer
from kith.metadata.shapes.kinds import FOLDERS, LATER_KINDS
from kith.problems import Problem, Source, Span, Words, did_you_mean

ROOM = Path(__file__).resolve().parents[2]
CORE = ROOM / "core"
"""The folder of the platform's own layer."""
SHIPPED = ROOM / "apps"
"""The templates that come with Kith."""
PACKAGES = "packages"
"""The folder of a project in which the templates that it is built on lie, each in a folder of its name."""

MAX_DOCUMENTS = 5_000
MAX_CHARACTERS = 16_777_216
"""Of all documents of one layer together."""


def load(folder: Path) -> tuple[tuple[Layer, ...], list[Problem]]:
    """The layers of an app, the platform's first: what it extends, then itself."""
    problems: list[Problem] = []
    stack: list[Layer] = []
    seen: set[Path] = set()
    place: Path | None = folder
    while place is not None and place.resolve() not in seen:
        seen.add(place.resolve())
        layer, found = load_layer(place, str(place))
        problems += found
        stack.insert(0, layer)
        place = _base(layer, place, problems)
    core, found = load_layer(CORE, "platform/core")
    return (core, *stack), problems + found


def load_layer(folder: Path, shown: str) -> tuple[Layer, list[Problem]]:
    """The documents of one folder; `shown` is how messages name the folder."""
    documents: dict[str, str] = {}
    problems: list[Problem] = []
    total = 0
    for path in _files(folder):
        text, problem = _text(folder, path, shown)
        problems += [problem] if problem else []
        if text is not None:
            documents[path] = text
            total += len(text)
        if len(documents) > MAX_DOCUMENTS or total > MAX_CHARACTERS:
            problems.append(_too_large(shown, len(documents) > MAX_DOCUMENTS))
            break
    if "app.yaml" not in documents and not any(
        problem.values.get("path") == f"{shown}/app.yaml" for problem in problems
    ):
        problems.append(Problem(mistakes.NO_APP, None, {"path": shown}))
    return layer_of(documents, shown, folder.name), problems


def layer_of(documents: Mapping[str, str], shown: str, name: str = "") -> Layer:
    """Documents as a layer; `name` is its own where they do not say one."""
    app = documents.get("app.yaml", "")
    digest = hashlib.sha256("\0".join(f"{path}\0{text}" for path, text in sorted(documents.items())).encode())
    return Layer(_value(app, "app") or name, _value(app, "version"), documents, digest.hexdigest(), shown)


def _files(folder: Path) -> Iterator[str]:
    """The YAML files of an app's folder in a steady order; links are not followed, so that nothing outside is read.

    What lies in its `packages` are other layers.
    """
    for path in sorted(folder.rglob("*.y*ml")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in name.split("/")) or name.startswith(f"{PACKAGES}/")
        if path.suffix in (".yaml", ".yml") and path.is_file() and not path.is_symlink() and not hidden:
            yield name


def _text(folder: Path, path: str, shown: str) -> tuple[str | None, Problem | None]:
    """A document's text, or why the file is none."""
    top = path.split("/", 1)[0] if "/" in path else ""
    if not path.isprintable():
        why = Words("its name has signs that cannot be printed", "文件名含有无法显示的字符")
        return None, _no_document(folder, path, shown, why)
    if path.endswith(".yml"):
        return None, _no_document(folder, path, shown, Words("its name must end in .yaml", "文件名应以 .yaml 结尾"))
    if top in LATER_KINDS.values():
        return None, Problem(shape.NOT_YET, _start(folder, path, shown), {"name": top})
    if top not in FOLDERS and path != "app.yaml":
        why = Words(f'"{top or path}" is no folder of a kind', f"“{top or path}”不是任何种类的文件夹")
        return None, _no_document(folder, path, shown, why, did_you_mean(top or path, FOLDERS))
    try:
        if (folder / path).stat().st_size > MAX_CHARACTERS:
            return None, _too_large(f"{shown}/{path}", many=False)
        return (folder / path).read_bytes().decode("utf-8").replace("\r\n", "\n"), None
    except OSError as error:
        why = Words(f"it cannot be read: {error.strerror}", f"无法读取：{error.strerror}")
        return None, Problem(shape.FILE_NAME, None, {"path": f"{shown}/{path}", "why": why})
    except UnicodeDecodeError:
        hint = Words(
            "save it again as UTF-8 (it may be GBK, as older editors write it)", "请另存为 UTF-8（可能是 GBK 编码）"
        )
        return None, Problem(mistakes.NOT_UTF8, _start(folder, path, shown), {"path": f"{shown}/{path}"}, hint)


def _no_document(folder: Path, path: str, shown: str, why: Words, hint: Words | None = None) -> Problem:
    start = _start(folder, path, shown)
    return Problem(shape.FILE_NAME, start, {"path": start.source.path, "why": why}, hint)


def _start(folder: Path, path: str, shown: str) -> Span:
    """The beginning of a file that is no document, with its first line; of its name what can be printed."""
    try:
        with (folder / path).open("rb") as file:
            line = file.readline(200).decode("utf-8", "replace").rstrip()
    except OSError:
        line = ""
    name = "".join(sign if sign.isprintable() else "\ufffd" for sign in path)
    return Span(Source(f"{shown}/{name}", line), 0, max(1, len(line)))


def _too_large(shown: str, many: bool) -> Problem:
    what, limit = (f"{shown}: documents", MAX_DOCUMENTS) if many else (f"{shown}: characters", MAX_CHARACTERS)
    return Problem(shape.TOO_LARGE, None, {"what": what, "count": f"> {limit:,}", "limit": f"{limit:,}"})


def _base(layer: Layer, folder: Path, problems: list[Problem]) -> Path | None:
    """The folder of the app that a layer extends."""
    name = base_name(layer)
    if not name:
        return None
    for place in (folder.parent / name, folder / PACKAGES / name, SHIPPED / name):
        if (place / "app.yaml").is_file() and re.fullmatch(r"[a-z][a-z0-9_]*", name):
            return place
    text = layer.documents["app.yaml"]
    start = text.find(name, text.find("extends:"))
    source = Source(f"{layer.root}/app.yaml", text)
    problems.append(Problem(mistakes.NO_BASE, Span(source, start, start + len(name)), {"name": name}))
    return None


def base_name(layer: Layer) -> str:
    """The name of the app that a layer extends, "" where there is none."""
    return _value(layer.documents.get("app.yaml", ""), "extends")


def _value(text: str, key: str) -> str:
    """A plain value of a top-level key of app.yaml, before the document is read properly."""
    found = re.search(rf"^{key}:[ ]*[\"']?([\w.+-]+)", text, re.MULTILINE)
    return found.group(1) if found else ""
