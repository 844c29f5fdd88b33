"""A workspace on its way to being served: brought to the folder's release, and on a new database given what it needs."""

from __future__ import annotations

import gc
import socket
from dataclasses import dataclass
from pathlib import Path

import typer

from kith.cli.proposing import Proposal
from kith.metadata.model import Model
from kith.problems import Words, render
from kith.runtime.accounts import SAFE, one_time_password, set_password
from kith.runtime.accounts.managing import list_users
from kith.runtime.applying.progress import CannotApply
from kith.runtime.clock import system_clock
from kith.runtime.loading import NotLoaded, load_demo
from kith.runtime.plan.planning import Plan
from kith.runtime.publishing import hooks, system_context
from kith.runtime.workspace import Workspace
from kith.runtime.write.change import Cause, Change, Saved
from kith.runtime.write.gate import save

ADMIN = "admin@example.com"
"""Who the first administrator signs in as; the address can be changed like any other."""
PORT = 8000
PORTS_TRIED = 20


@dataclass(frozen=True)
class Ground:
    """A workspace on its way to being served."""

    workspace: Workspace
    language: str

    def say(self, words: Words, *, error: bool = False) -> None:
        """Tell whoever started it."""
        typer.echo(words.in_(self.language), err=error)

    def bring_folder(self, proposal: Proposal, *, anyway: bool) -> None:
        """Bring the database what only the folder has changed, where that is safe or asked for; else say what waits."""
        found = proposal.standing(self.workspace)
        proposal.say(self.workspace, found)
        if found.both:
            self.say(
                Words(
                    "The folder is not applied; the current release is served.", "未应用该文件夹，继续使用当前发布。"
                ),
                error=True,
            )
        elif not found.brings and not proposal.problems:
            proposal.settled(self.workspace, found)
        elif self.bring(proposal.candidate(self.workspace, found), anyway=anyway, folder=proposal.folder):
            proposal.settled(self.workspace, found)

    def bring_platform(self) -> None:
        """Bring what a newer Kith has for every CRM; where an app does not go with it, the current release is served."""
        from kith.metadata.build import build
        from kith.metadata.layers import CORE, load_layer
        from kith.runtime.folders import newer_platform

        layers = newer_platform(self.workspace, load_layer(CORE, "platform/core")[0])
        if not layers:
            return
        model, problems = build(layers, advice=False)
        for problem in problems if model is None else ():
            typer.echo(render(problem, self.language) + "\n", err=True)
        if model is not None:
            self.bring(model, anyway=False)

    def bring(self, model: Model, *, anyway: bool, folder: Path | None = None) -> bool:
        """Bring the database to a candidate where that is safe or asked for; else say what waits. Whether it is there."""
        planned = self.workspace.plan(model)
        if planned.is_empty:
            return True
        if self.workspace.release is not None:
            typer.echo(planned.as_text(self.language))
        if planned.is_refused or planned.needs_consent or not (planned.is_safe or anyway or planned.base is None):
            self.say(_not_applied(planned, folder), error=True)
            return False
        try:
            self.workspace.apply(planned, hooks=hooks(system_clock))
        except CannotApply as cannot:
            self.say(cannot.words, error=True)
            raise typer.Exit(1) from None
        except NotLoaded as not_loaded:
            self.not_loaded(not_loaded)
        return True

    def is_nobodys(self) -> bool:
        """Whether there is no user at all."""
        with self.workspace.database.read() as connection:
            return not list_users(connection, self.workspace.current())

    def first_start(self, *, demo: bool) -> None:
        """Make the administrator and, where asked for, the demo data."""
        password = one_time_password()
        user = self.make_admin()
        with self.workspace.database.write() as connection:
            set_password(connection, user, SAFE.hash(password), system_clock(), must_change=True)
        if demo:
            self.load_demo()
        self.say(
            Words(
                f"First sign-in: {ADMIN} with the one-time password {password}",
                f"首次登录：{ADMIN}，一次性密码 {password}",
            )
        )

    def make_admin(self) -> str:
        """The administrator's user record, through the write gate like any other."""
        release = self.workspace.current()
        context = system_context(release, system_clock, self.language)
        name = Words("Administrator", "管理员").in_(self.language)
        values = {"name": name, "email": ADMIN, "roles": ["administrator"]}
        done = save(self.workspace.database, context, release, Change("create", "user", None, values), Cause("system"))
        if not isinstance(done, Saved):
            reasons = "; ".join(failure.message for failure in done.failures)
            self.say(Words(f"The administrator cannot be made: {reasons}", f"无法创建管理员：{reasons}"), error=True)
            raise typer.Exit(1)
        return done.id

    def load_demo(self) -> None:
        """Load the demo data, all or nothing."""
        release = self.workspace.current()
        context = system_context(release, system_clock, self.language)
        made = 0
        try:
            with self.workspace.database.write() as connection:
                made = load_demo(connection, context, release)
        except NotLoaded as not_loaded:
            self.not_loaded(not_loaded)
        self.workspace.database.learn()
        self.say(Words(f"Demo data: {made} records.", f"演示数据：{made} 条记录。"))

    def not_loaded(self, not_loaded: NotLoaded) -> None:
        """Say which rows of the app's data were refused, and leave."""
        for name, key, failure in not_loaded.rows[:20]:
            self.say(
                Words(f"data {name}, {key}: {failure.message}", f"数据 {name}，{key}：{failure.message}"), error=True
            )
        raise typer.Exit(1) from None

    def run(self, host: str, port: int, *, first: bool, worker: bool = True, folder: Path | None = None) -> None:
        """Serve until somebody stops it."""
        from kith.cli.serving import run

        chosen = port or free_port(host)
        title = self.workspace.current().model.app.title.in_(self.language)
        address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{chosen}"  # noqa: S104
        self.say(Words(f"{title} is at {address} (stop with Ctrl-C)", f"{title} 的地址：{address}（按 Ctrl-C 停止）"))
        if not first:
            url = self.workspace.database.url
            file = url.database if self.workspace.database.kind == "sqlite" else url.render_as_string()
            self.say(
                Words(
                    f"The database {file} is kept. A new password: kith user reset-password {ADMIN}",
                    f"沿用数据库 {file}。重置密码：kith user reset-password {ADMIN}",
                )
            )
        # What is there now stays: looking through it for garbage again and again would hold up requests.
        gc.collect()
        gc.freeze()
        run(self.workspace, host, chosen, worker=worker, folder=folder)


def _not_applied(planned: Plan, folder: Path | None) -> Words:
    """That the current release is served, and how the folder would be."""
    way = Words("", "")
    if planned.needs_consent:
        way = Words(
            f" `kith apply {folder or 'FOLDER'} --allow-loss` applies it all the same.",
            f"如仍要应用，请用 `kith apply {folder or '文件夹'} --allow-loss`。",
        )
    elif not planned.is_refused:
        way = Words(" `--apply` applies it.", "可用 `--apply` 应用。")
    return Words(
        f"The folder is not applied; the current release is served.{way.en}",
        f"未应用该文件夹，继续使用当前发布。{way.zh}",
    )


def free_port(host: str) -> int:
    """The first free port from 8000 on."""
    for port in range(PORT, PORT + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    return PORT
