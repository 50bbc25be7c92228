"""What the page may ask: itself and its parts, files to put on the desk or to take away, and work to be done."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from pix_mailmerge.mailmerge.paper import Paper
from pix_mailmerge.problems import PixMailMergeError, bug
from pix_mailmerge.web import views
from pix_mailmerge.web.bodies import CLOSE, read_json, save_body
from pix_mailmerge.web.desk import CAPS, parse_wishes
from pix_mailmerge.web.report_policy import report_policy
from pix_mailmerge.web.session import Session

STATIC = Path(__file__).with_name("static")
ZIP_NAME = "attestations.zip"


def application(session: Session) -> Starlette:
    """Return the application of one session, to be put behind the guard."""
    routes = [
        Route("/", _page),
        Route("/etat", _state),
        Route("/fichiers/{role}", _put_file, methods=["PUT"]),
        Route("/fichiers/{role}/{number:int}", _remove_file, methods=["DELETE"]),
        Route("/images/{role}", _image),
        Route("/reglages", _wish, methods=["PUT"]),
        Route("/controle", _check, methods=["POST"]),
        Route("/apercu", _preview, methods=["POST"]),
        Route("/production", _produce, methods=["POST"]),
        Route("/impression", _print, methods=["POST"]),
        Route("/dossier", _save, methods=["POST"]),
        Route("/arret", _stop, methods=["POST"]),
        Route("/present", _stay, methods=["POST"]),
        Route("/quitter", _quit, methods=["POST"]),
        Route("/apercus/{folder}/{name}", _preview_file),
        Route("/resultats.zip", _zip),
        Route("/resultats/{path:path}", _result),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    handlers = {HTTPException: _refused, PixMailMergeError: _failed, Exception: _failed}
    app = Starlette(routes=routes, exception_handlers=handlers)  # type: ignore[arg-type]
    app.state.session = session
    return app


async def _page(request: Request) -> Response:
    session = _session(request)
    look = await asyncio.to_thread(session.look)
    return HTMLResponse(views.page(session, look))


async def _state(request: Request) -> Response:
    return await _told(_session(request), request.query_params.get("vu", ""))


async def _put_file(request: Request) -> Response:
    session, role = _session(request), request.path_params["role"]
    name = request.query_params.get("nom", "")
    if role not in CAPS:
        raise HTTPException(404, "Il n’y a rien à cette adresse.", CLOSE)
    if not name.strip() or len(name) > 1000 or "\0" in name:
        raise HTTPException(400, "Ce nom de fichier ne convient pas.", CLOSE)
    session.bench.check_free()
    session.desk.check_room(role)
    staged = session.desk.staged()
    await save_body(request, staged, CAPS[role])
    try:
        session.bench.check_free()
        session.desk.put(role, name, staged)
    finally:
        staged.unlink(missing_ok=True)
    return await _told(session)


async def _remove_file(request: Request) -> Response:
    session, role = _session(request), request.path_params["role"]
    if role not in CAPS:
        raise HTTPException(404, "Il n’y a rien à cette adresse.")
    session.bench.check_free()
    session.desk.remove(role, request.path_params["number"])
    return await _told(session)


async def _image(request: Request) -> Response:
    from pix_mailmerge.model.images import open_image

    path = _session(request).desk.images.get(request.path_params["role"])
    if path is None:
        raise HTTPException(404, "Il n’y a pas d’image.")
    image = await asyncio.to_thread(open_image, path)
    return Response(image.content, media_type="image/png")


async def _wish(request: Request) -> Response:
    session = _session(request)
    await _take_wishes(request, session)
    return await _told(session)


async def _check(request: Request) -> Response:
    session = _session(request)
    await _take_wishes(request, session)
    session.start_check()
    return await _told(session)


async def _produce(request: Request) -> Response:
    session = _session(request)
    await _take_wishes(request, session)
    session.start_production()
    return await _told(session)


async def _preview(request: Request) -> Response:
    session = _session(request)
    record = (await read_json(request)).get("record")
    if record is None:
        session.show_worst()
    elif isinstance(record, int):
        session.start_preview(record)
    else:
        raise HTTPException(400, "Cet élève n’existe pas.")
    return await _told(session)


async def _print(request: Request) -> Response:
    session, given = _session(request), await read_json(request)
    printer, path, copies = given.get("printer"), given.get("path"), given.get("copies")
    if not (isinstance(printer, str) and isinstance(path, str) and isinstance(copies, int)):
        raise HTTPException(400, "Cette impression n’est pas possible.")
    session.start_printing(path, Paper(printer, copies, bool(given.get("duplex"))))
    return await _told(session)


async def _save(request: Request) -> Response:
    session, folder = _session(request), (await read_json(request)).get("folder")
    if not isinstance(folder, str) or "\0" in folder or not Path(folder.strip()).expanduser().is_absolute():
        raise HTTPException(400, "Écrivez le chemin entier du dossier, depuis la racine du disque.")
    session.start_saving(Path(folder.strip()).expanduser())
    return await _told(session)


async def _stop(request: Request) -> Response:
    session = _session(request)
    session.bench.stop()
    return await _told(session)


async def _stay(request: Request) -> Response:
    return await _told(_session(request))


async def _quit(request: Request) -> Response:
    _session(request).over = True
    return JSONResponse({"over": True})


async def _preview_file(request: Request) -> Response:
    folder, name = request.path_params["folder"], request.path_params["name"]
    for shown in _session(request).shown:
        for file in shown.files:
            if (file.parent.name, file.name) == (folder, name):
                return FileResponse(file)
    raise HTTPException(404, "Cet aperçu n’existe plus.")


async def _zip(request: Request) -> Response:
    made = _session(request).made
    if made is None or not made.results.entries:
        raise HTTPException(404, "Rien n’a encore été produit.")
    path = await asyncio.to_thread(lambda: made.results.zip)
    return FileResponse(path, filename=ZIP_NAME, media_type="application/zip")


async def _result(request: Request) -> Response:
    made, path = _session(request).made, request.path_params["path"]
    file = made.results.file(path) if made is not None else None
    if file is None:
        raise HTTPException(404, "Ce fichier n’existe pas.")
    if file.suffix == ".html":
        return FileResponse(file, headers={"Content-Security-Policy": report_policy(file.read_text("utf-8"))})
    return FileResponse(file, filename=file.name)


async def _told(session: Session, seen: str = "") -> Response:
    """Return what the page shows: the state, and the parts unless revision ``seen`` is the present one."""
    revision = session.revision
    if seen == str(revision):
        return JSONResponse(views.state(session))
    look = await asyncio.to_thread(session.look)
    return JSONResponse(views.state(session) | {"revision": revision, "parts": views.parts(session, look)})


async def _take_wishes(request: Request, session: Session) -> None:
    given = await read_json(request)
    session.bench.check_free()
    session.desk.wish(parse_wishes(given, session.desk.wishes))


async def _refused(_request: Request, cause: HTTPException) -> Response:
    told = cause.detail if cause.status_code not in {404, 405} else "Il n’y a rien à cette adresse."
    return JSONResponse({"told": told}, cause.status_code, cause.headers)


async def _failed(_request: Request, cause: Exception) -> Response:
    problem = cause.problems[0] if isinstance(cause, PixMailMergeError) and cause.problems else bug(cause)
    return JSONResponse({"told": f"{problem.what} {problem.remedy}"}, 500)


def _session(request: Request) -> Session:
    session: Session = request.app.state.session
    return session
