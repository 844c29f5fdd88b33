"""Files: sent in, to be named by a save within a day, and given out to whoever may read what holds them."""

from __future__ import annotations

from functools import partial
from typing import IO, Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from kith.api import operations as ops
from kith.api.bodies import form_of
from kith.api.calls import Call, Endpoint, Handler, answer, asked_by, known_id, written_by
from kith.api.parameters import parameters
from kith.api.problems import Stop, stop
from kith.api.schemas import a_file
from kith.metadata.fields.files import FILES
from kith.metadata.model import Field
from kith.runtime.calling import Doors
from kith.runtime.files.keeping import Kept
from kith.runtime.files.kinds import MEDIA
from kith.runtime.files.reading import readable_file, small_picture
from kith.runtime.files.serving import SAFE, bytes_of, part_of
from kith.runtime.files.uploading import LARGEST_OF_ALL, Unfit, keep, look
from kith.runtime.write.messages import texts

ROOM = 1_000_000
"""Bytes of a request that are no part of the file."""
BYTES = {"type": "string", "format": "binary"}
STATUS = {"too_large": 413, "full": 507}


def uploading(doors: Doors) -> Endpoint:
    """The endpoint that takes a file; nobody who may not send one has its bytes read."""

    async def take(request: Request) -> Response:
        await doors.calling.read(lambda: asked_by(doors, request, _may))
        form = await form_of(request, LARGEST_OF_ALL + ROOM)
        try:
            handler: Handler = partial(_upload, form=form)
            return await doors.calling.long(lambda: written_by(doors, request, handler))
        finally:
            await form.close()

    return take


def _may(call: Call) -> None:
    field = _for(call)
    if field is None and not any(_may_write(call, one) for one in _fields(call)):
        raise stop(403, "may_not_upload")


def _fields(call: Call) -> list[Field]:
    entities = call.release.model.entities.values()
    return [one for entity in entities for one in entity.fields.values() if one.type_name in FILES]


def _may_write(call: Call, field: Field) -> bool:
    rights = call.reader.rights[field.entity]
    return any(not rights.writing(field.name, action).never for action in ("create", "update"))


def _for(call: Call) -> Field | None:
    """The field that the file is for, where that is said; a field that the caller may not write is not there."""
    named = parameters(call.request, "for").get("for", "")
    if not named:
        return None
    entity, _, name = named.partition(".")
    declared = call.release.model.entities.get(entity)
    field = declared.fields.get(name) if declared is not None else None
    if field is None or field.type_name not in FILES or not _may_write(call, field):
        raise stop(404, "no_such_file_field", name=named[:120])
    return field


def _upload(call: Call, form: FormData) -> Response:
    sent, preview = form.get("file"), form.get("preview")
    if not isinstance(sent, UploadFile):
        raise stop(400, "missing_part", name="file")
    small: IO[bytes] | None = preview.file if isinstance(preview, UploadFile) else None
    try:
        looked = look(sent.file, sent.filename or "", _for(call), small)
        most = call.doors.settings.files
        kept = call.doors.workspace.database.run(lambda connection: keep(connection, call.context, looked, most))
    except Unfit as unfit:
        said = texts(call.context.language)(f"upload.{unfit.code}", **unfit.values)
        raise Stop(STATUS.get(unfit.code, 422), f"upload_{unfit.code}", detail=said) from None
    return answer({"data": told(kept)}, 201, {"location": f"/api/v1/files/{kept.described.id}"})


def told(kept: Kept) -> dict[str, object]:
    """What is said of a file."""
    size = {"width": kept.width, "height": kept.height} if kept.width is not None else {}
    media = MEDIA.get(kept.described.type, "")
    return {**kept.described.as_parts(), "media_type": media, "sha256": kept.sha256, **size}


def download(call: Call) -> Response:
    """A file's bytes, or those of a part."""
    parameters(call.request)
    kept = _kept(call)
    part = part_of(kept, call.request.headers)
    if call.request.method == "HEAD" or part.last < part.first:
        return Response(status_code=part.status, headers=dict(part.headers))
    return StreamingResponse(bytes_of(call.doors, part), part.status, dict(part.headers))


def preview(call: Call) -> Response:
    """What stands for a picture in a list."""
    parameters(call.request)
    small = small_picture(call.connection, _kept(call))
    if small is None:
        raise stop(404, "no_preview")
    return Response(small.data, headers={**SAFE, "content-type": MEDIA[small.type]})


def _kept(call: Call) -> Kept:
    kept = readable_file(call.connection, call.context, call.release, known_id(call.request.path_params["id"]))
    if kept is None:
        raise stop(404, "no_such_file")
    return kept


def described(call: Call) -> dict[str, Any]:
    """The addresses of files as OpenAPI has them, where the model has fields for some."""
    if not _fields(call):
        return {}
    whole = {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    sent = {"type": "object", "properties": {"file": BYTES, "preview": BYTES}, "required": ["file"]}
    found: dict[str, Any] = {
        "/api/v1/files/{id}": {"parameters": [ops.ID], "get": _operation("get_file", whole)},
        "/api/v1/files/{id}/preview": {"parameters": [ops.ID], "get": _operation("get_preview", whole)},
    }
    if any(_may_write(call, one) for one in _fields(call)):
        for_ = {"name": "for", "in": "query", "schema": ops.TEXT, "description": "The field: `member.photo`"}
        body = {"required": True, "content": {"multipart/form-data": {"schema": sent}}}
        made = {"type": "object", "properties": {"data": a_file()}, "required": ["data"]}
        take = _operation("upload_file", {"content": {"application/json": {"schema": made}}}, "201")
        found["/api/v1/files"] = {"post": take | {"parameters": [for_], "requestBody": body}}
    return found


def _operation(name: str, answer: dict[str, Any], status: str = "200") -> dict[str, Any]:
    answers = {status: {"description": "Done", **answer}, "default": {"$ref": "#/components/responses/Problem"}}
    return {"operationId": name, "responses": answers}
