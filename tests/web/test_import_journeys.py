"""Bringing in a file in a browser: wide and on a phone, light and dark, in both languages, with script and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect

from kith.runtime.ids import new_id
from tests.web.browsing import Look, visiting
from tests.web.importing import worked
from tests.web.shop import Shop
from tests.web.test_gallery import grave

WORDS = {
    "en": (
        "Delimiter",
        "Upload",
        "Continue",
        "Check the file",
        "Check again",
        "Import 2 rows",
        "Everything has been imported.",
    ),
    "zh-CN": ("分隔符", "上传", "继续", "检查文件", "重新检查", "导入 2 行", "已全部导入。"),
}


@pytest.mark.parametrize(
    "look",
    [Look("en", "light", 1280), Look("zh-CN", "dark", 360), Look("zh-CN", "light", 1280, script=False)],
    ids=["wide", "phone", "without script"],
)
def test_a_file_is_brought_in(chromium: Browser, served_shop: tuple[Shop, str], look: Look) -> None:
    shop, mark = served_shop[0], new_id()[-10:]
    delimiter, upload, next_, check, again, import_, done = WORDS[look.language]
    data = f"姓名;微信号;性别;生日;{mark}\n{mark} 甲;{mark}1;女士;31/12/1990;\n{mark} 乙;{mark}2;男;1/2/1991;\n".encode(
        "gb18030"
    )
    file: FilePayload = {"name": "会员.csv", "mimeType": "text/csv", "buffer": data}
    with visiting(chromium, served_shop, look, path="/records/member/import") as page:
        _seen(page, "file", look)
        page.set_input_files("input[type=file]", file)
        page.get_by_role("button", name=upload).click()
        expect(page.get_by_text(f"{mark} 甲")).to_be_visible()
        if look.script:
            page.get_by_label(delimiter).select_option(",")
            expect(page.locator("#preview thead th")).to_have_count(1)
            page.get_by_label(delimiter).select_option(";")
            expect(page.locator("#preview thead th")).to_have_count(5)
        _seen(page, "preview", look)
        page.get_by_role("button", name=next_).click()
        expect(page.locator("select[name='field.1']")).to_have_value("wechat")
        expect(page.locator("select[name='way.3']")).to_have_value("D/M/YYYY")
        _seen(page, "columns", look)
        page.get_by_role("button", name=check).click()
        _worked(shop, page, look)
        expect(page.locator(".import-texts select")).to_have_count(1)
        _seen(page, "check", look)
        page.locator(".import-texts select").select_option("female")
        page.get_by_role("button", name=again).click()
        _worked(shop, page, look)
        page.get_by_role("button", name=import_).click()
        _worked(shop, page, look)
        expect(page.get_by_text(done)).to_be_visible()
        _seen(page, "result", look)
    assert len(shop.ids("member", f'starts_with(name, "{mark}") and gender != null')) == 2


def _worked(shop: Shop, page: Page, look: Look) -> None:
    page.wait_for_url("**/check" if "/check" in page.url else "**/result" if "/result" in page.url else "**/*")
    expect(page.locator(".import-progress")).to_be_visible()
    worked(shop)
    if not look.script:
        page.reload()
    expect(page.locator(".import-progress")).to_have_count(0)


def _seen(page: Page, where: str, look: Look) -> None:
    if look.script:
        assert grave(page, where) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= look.width
