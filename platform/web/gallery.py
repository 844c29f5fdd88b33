"""The gallery at `/_gallery`: every component in every state, with invented data, to look at and to test."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from kith.web import gallery_forms, gallery_samples
from kith.web.choices import language_of
from kith.web.look import SECURITY_HEADERS, Look
from kith.web.templating import Templates
from kith.web.view import Link, NavGroup, Notice, Person, Shell

Say = Callable[[str, str], str]
STATUSES = (400, 403, 404, 409, 413, 422, 429, 500, 503, 507)


def _say(language: str) -> Say:
    return lambda english, chinese: chinese if language == "zh-CN" else english


def _shell(request: Request, say: Say, *, signed_in: bool = True) -> Shell:
    look = Look.of(request.cookies, request.query_params.get("accent", "indigo"))
    query = f"?{request.url.query}" if request.url.query else ""
    people = NavGroup(
        (
            Link(say("Customers", "客户"), "/_gallery", "users", current=True, badge="1,204"),
            Link(say("Projects", "项目"), "#record", "briefcase", badge="38"),
            Link(say("Orders", "订单"), "#lists", "package"),
        ),
        say("Records", "记录"),
    )
    work = NavGroup(
        (
            Link(say("Home", "首页"), "/_gallery/page", "house"),
            Link(say("Tasks", "任务"), "#tasks", "list-checks", badge="5"),
        )
    )
    views = NavGroup(
        (
            Link(say("Birthdays this week", "本周生日"), "#1", "cake"),
            Link(say("Silent for 90 days", "90 天未联系"), "#2", "alarm-clock"),
        ),
        say("Views", "视图"),
    )
    return Shell(
        app=say("Lantern", "灯笼"),
        here=request.url.path + query,
        look=look,
        navigation=(work, people, views) if signed_in else (),
        bar=(*work.links, *(replace(link, badge="") for link in people.links[:2])) if signed_in else (),
        user=Person(say("Mei Lin", "林小梅"), colour="teal") if signed_in else None,
        user_menu=(
            Link(say("Profile", "个人资料"), "#profile", "user"),
            Link(say("Studio", "工作室"), "#studio", "wrench"),
            Link(say("Sign out", "退出登录"), "/_gallery/sign-in", "log-out"),
        ),
        create=(Link(say("Customer", "客户"), "#new", "user-plus"), Link(say("Order", "订单"), "#new", "package")),
        inbox=Link(say("Inbox, 3 unread", "消息，3 条未读"), "#inbox", badge="3"),
        home="/_gallery",
        search="/_gallery/page",
        icon="layers",
        csrf="gallery",
    )


class Gallery:
    """The handlers of the gallery; they need the templates and nothing else."""

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self.routes: Sequence[Route] = (
            Route("/_gallery", self.components),
            Route("/_gallery/page", self.components),
            Route("/_gallery/forms", self.forms),
            Route("/_gallery/forms", self.refuse, methods=["POST"]),
            Route("/_gallery/lookup", self.lookup),
            Route("/_gallery/confirm", self.confirm),
            Route("/_gallery/sign-in", self.sign_in),
            Route("/_gallery/error/{status:int}", self.error),
        )

    def _send(self, request: Request, name: str, context: Mapping[str, object], *, signed_in: bool = True) -> Response:
        language = language_of(request)
        shell = _shell(request, _say(language), signed_in=signed_in)
        html = self.templates.page(name, language, shell=shell, **context)
        return HTMLResponse(html, headers=dict(SECURITY_HEADERS))

    def components(self, request: Request) -> Response:
        """Show what is read."""
        say = _say(language_of(request))
        samples: Mapping[str, object] = gallery_samples.samples(say)
        return self._send(request, "gallery/components.html", samples)

    def forms(self, request: Request) -> Response:
        """Show what is typed in."""
        return self._send(request, "gallery/forms.html", gallery_forms.samples(_say(language_of(request))))

    def refuse(self, request: Request) -> Response:
        """Answer a form of the gallery; it keeps nothing."""
        return RedirectResponse("/_gallery/forms", 303)

    def lookup(self, request: Request) -> Response:
        """Answer the type-ahead of the sample reference."""
        language, query = language_of(request), request.query_params.get("q", "")
        found = [choice for choice in gallery_forms.people(_say(language)) if query.lower() in choice.label.lower()]
        context = {"choices": found, "query": query, "create": "/_gallery/confirm" if query else ""}
        return HTMLResponse(self.templates.page("fragments/lookup.html", language, **context))

    def confirm(self, request: Request) -> Response:
        """Show the sample question, in the dialog or as a page."""
        say = _say(language_of(request))
        question = {
            "title": say("Delete 3 customers?", "删除 3 位客户？"),
            "text": say(
                "They go to the recycle bin and can be restored for 30 days.", "它们会进入回收站，30 天内可以恢复。"
            ),
            "action": "/_gallery/forms",
            "label": say("Delete", "删除"),
            "cancel": "/_gallery",
        }
        if request.headers.get("hx-request"):
            shell = _shell(request, say)
            html = self.templates.block("confirm.html", "content", language_of(request), shell=shell, **question)
            return HTMLResponse(html)
        return self._send(request, "confirm.html", question)

    def sign_in(self, request: Request) -> Response:
        """Show the sign-in page after a failed try."""
        texts = self.templates.texts[language_of(request)]
        context: dict[str, object] = {
            "title": texts("sign_in.title"),
            "action": "/_gallery/forms",
            "fields": gallery_forms.sign_in(texts),
            "failed": Notice(texts("sign_in.failed"), "danger"),
            "text": texts("sign_in.text"),
            "submit": texts("sign_in.submit"),
            "links": (Link(texts("sign_in.forgot"), "#forgot"),),
            "hidden": (),
        }
        return self._send(request, "entering.html", context, signed_in=False)

    def error(self, request: Request) -> Response:
        """Show the page of a status."""
        status = request.path_params["status"] if request.path_params["status"] in STATUSES else 404
        title = self.templates.texts[language_of(request)](f"error.{status}.title")
        context = {
            "status": status,
            "title": title,
            "text": "",
            "details": (),
            "reference": "7f3a-21c9" if status == 500 else "",
            "back": "/_gallery",
        }
        return self._send(request, "error.html", context)
