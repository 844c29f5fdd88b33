"""A stencil makes what its template would have made, whatever the texts are."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from markupsafe import Markup, escape

from kith.runtime.release import Release
from kith.runtime.write.change import Change
from kith.web.drawing import Asked, Fields
from kith.web.fields import Maker
from kith.web.frames import Frame
from kith.web.stencils import Stencil, cut, escaped, filled
from kith.web.templating import Drawing, Templates
from kith.web.view import Link
from tests.web.shop import ADMIN, CLERK, Shop

HOSTILE = (
    "",
    "plain",
    "<script>alert(1)</script>",
    "{{7*7}}{% if x %}",
    "\"' &amp; & \\1 \\g<0>",
    "0123456789abcdef-0-",
    "nothing\0here",
    Markup("<b>html</b>"),
)


@pytest.mark.parametrize("left", HOSTILE)
@pytest.mark.parametrize("right", HOSTILE)
def test_a_filled_stencil_is_what_the_template_makes(templates: Templates, left: str, right: str) -> None:
    source = '<p title="{{ left }}">{{ right }} {{ left }}</p>{{ t("form.save") }}'
    template = templates.environments["en"].from_string(source)
    stencil = cut(lambda marks: template.render(left=marks[0], right=marks[1]), 2)
    plain = template.render(left=left, right=right)
    assert stencil.fill(escaped([left, right])) == plain
    assert filled([stencil.form(), "100 %%"], [[left, right][place] for place in stencil.order]) == f"{plain}100 %"


def test_texts_are_escaped_as_one_by_one() -> None:
    assert escaped(HOSTILE) == [escape(text) for text in HOSTILE]
    assert escaped([]) == []


def test_a_stencil_is_kept_by_no_mark_that_data_could_hold() -> None:
    seen: list[str] = []

    def draw(marks: Sequence[str]) -> str:
        seen.extend(marks)
        return ""

    for _ in range(2):
        cut(draw, 1)
    assert seen[0] != seen[1]


PAGES = (
    "/", "/search?q=a", "/records/member", "/records/member?view=vip_members", "/records/member?sort=-created_at",
    "/records/member?q=a", "/records/purchase", "/records/purchase?columns=member,created_at", "/bin/member",
    "/records/member/{member}", "/records/member/{member}/edit", "/records/purchase/{purchase}/edit", "/records/task/{task}/edit",
    "/records/product/{product}/edit", "/records/interaction/{interaction}/edit", "/records/coupon/{coupon}/edit",
    "/records/household/{household}/edit", "/records/purchase_line/{purchase_line}/edit", "/records/user/{user}/edit",
)  # fmt: skip


OTHERS = ("purchase", "task", "product", "interaction", "coupon", "household", "purchase_line", "user")


@pytest.mark.parametrize("user", [ADMIN, CLERK])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_pages_of_stencils_are_those_of_the_templates(
    shop: Shop, user: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"{HOSTILE[2]} {HOSTILE[5]} {{{{7*7}}}} & \"'"
    made = [shop.save(Change("create", "member", values={"name": name, "mobile": "13912345670"})).id]
    ids = {entity: [*made, *shop.ids(entity)][-1] for entity in OTHERS}
    monkeypatch.setattr("kith.web.requests.masked", lambda secret: "secret_-=")
    client = shop.client(user, language)
    addresses = [page.format(member=made[0], **ids) for page in PAGES]
    # The first time a stencil is cut, the second time it is filled.
    [client.get(address) for address in addresses]
    quick = [client.get(address) for address in addresses]
    _draw_plainly(monkeypatch)
    for address, answer in zip(addresses, quick, strict=True):
        assert answer.text == client.get(address).text, address
        assert "alert(1)</script>" not in answer.text
    shop.save(Change("delete", "member", made[0]))


def _draw_plainly(monkeypatch: pytest.MonkeyPatch) -> None:
    def drawn(self: Templates, release: Release, language: str, drawing: Drawing) -> str:
        return self.block(drawing.template, drawing.block, language, **drawing.fixed(), **drawing.texts)

    def around(self: Frame, content: str, title: str, crumbs: Sequence[Link]) -> str:
        context = {"shell": self.shell(), "title": title, "crumbs": crumbs, "content": Markup(content)}  # noqa: S704
        return self.templates.page("layouts/frame.html", self.texts.language, **context)

    def found(self: Fields, maker: Maker, asked: Asked, into: list[str]) -> tuple[Stencil | None, int]:
        return None, 0

    monkeypatch.setattr(Templates, "drawn", drawn)
    monkeypatch.setattr(Frame, "around", around)
    monkeypatch.setattr(Fields, "_found", found)
    monkeypatch.setattr("kith.web.pages.form.sheet_of", lambda subject: None)
