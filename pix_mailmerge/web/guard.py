"""Who may ask what: this machine's own browser, from our own page, with the cookie that the one-use link gave.

Every request passes here before anything else looks at it, and every answer leaves with the same headers. A page of
another site may make a browser ask anything of a loopback address, even under another name for it (DNS rebinding), and
other users of the machine may connect to the port: neither knows the cookie, and neither is from our own origin.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "pix-mailmerge"
ENTRY = "/entrer/"
POLLED = "/etat"
"""What an open page asks by itself: no sign of a user."""
ASKING = frozenset({"GET", "HEAD"})
"""Methods that change nothing."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

REFUSED = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><title>{title}</title></head>
<body><main><h1>{title}</h1><p>{told}</p></main></body></html>
"""
AGAIN = "Fermez cet onglet, puis relancez « pix-mailmerge serve » (ou « pix-mailmerge-page ») pour ouvrir la page."


@dataclass
class Keys:
    """The secrets of one server. folder: first part of every path, so that no other port is sent the cookie."""

    link: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    cookie: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    folder: str = field(default_factory=lambda: f"/{secrets.token_urlsafe(9)}")
    link_used: bool = False


class Guard:
    """The application behind the guard. port: where we listen. seen: called when the user asks something."""

    def __init__(self, app: ASGIApp, keys: Keys, port: int, seen: Callable[[], None]) -> None:
        self._app = app
        self._keys = keys
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})
        self._seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let it in."""
        if scope["type"] != "http":
            return
        request = Request(scope)
        answer = self._answered(request)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if answer is not None and request.method not in ASKING:
                    headers["Connection"] = "close"  # its body was not read
            await send(message)

        if answer is not None:
            await answer(scope, receive, send_guarded)
            return
        scope["path"] = scope["path"].removeprefix(self._keys.folder)
        if scope["path"] != POLLED:
            self._seen()
        await self._app(scope, receive, send_guarded)

    def _answered(self, request: Request) -> Response | None:
        """Return the answer where the guard gives it; None for a request of the user's own page."""
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return refused(421, "Adresse refusée", "Cette page ne répond qu’à l’adresse 127.0.0.1 de cet ordinateur.")
        if request.method == "GET" and request.url.path.startswith(ENTRY):
            return self._entered(request)
        if not is_own_origin(request.headers, request.method, f"http://{host}"):
            return refused(403, "Demande refusée", "Elle ne vient pas de la page elle-même.")
        if not self._knows(request):
            return refused(403, "Cette page est fermée à qui n’a pas son lien", AGAIN)
        if not request.url.path.startswith(f"{self._keys.folder}/"):
            return refused(404, "Il n’y a rien à cette adresse", AGAIN)
        return None

    def _entered(self, request: Request) -> Response:
        """Return the way in for the first who has the link."""
        right = same(request.url.path.removeprefix(ENTRY), self._keys.link)
        if right and not self._keys.link_used:
            self._keys.link_used = True
            answer = RedirectResponse(f"{self._keys.folder}/", 303)
            answer.set_cookie(COOKIE, self._keys.cookie, path=self._keys.folder, httponly=True, samesite="strict")
            return answer
        return refused(403, "Ce lien ne sert qu’une fois" if right else "Ce lien n’est pas le bon", AGAIN)

    def _knows(self, request: Request) -> bool:
        return same(request.cookies.get(COOKIE, ""), self._keys.cookie)


def is_own_origin(headers: Headers, method: str, origin: str) -> bool:
    """Tell whether a request was made by our own page, or typed by the user where it changes nothing.

    Browsers say so in Sec-Fetch-Site; those of before 2023 say in Origin where a change comes from.
    """
    site, said = headers.get("sec-fetch-site"), headers.get("origin")
    if said is not None and said != origin:
        return False
    if method in ASKING:
        return site in {None, "none", "same-origin"}
    return site == "same-origin" or (site is None and said == origin)


def same(given: str, secret: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode())


def refused(status: int, title: str, told: str) -> HTMLResponse:
    """Return a page that says why nothing is shown."""
    return HTMLResponse(REFUSED.format(title=title, told=told), status)
