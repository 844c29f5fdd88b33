"""What differs between the stories of the two companies: what they decide, what people save, and what is changed where."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.upgrades import COMPANY, UPGRADES, template
from tests.upgrades.terminal import Named

Edit = tuple[str | Named, Mapping[str, Any]]
"""What somebody saves: a change of a record, or a new one of an entity."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A text in a document that becomes another."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Plot:
    """What differs."""

    app: str
    title: str
    decided: Mapping[str, str]
    """What is decided where nothing is recommended, by a part of what it is about."""
    first: Sequence[Edit]
    """What people save under the first version."""
    later: Sequence[Edit]
    """What they save under the second, before it is taken back."""
    safely: Rewriting
    with_loss: Rewriting
    in_studio: Rewriting
    in_both: Rewriting
    """A change of the folder where the studio has changed it too."""
    demo: bool
    lay: Callable[[str, Path], Path]
    """Puts a version of the template into a folder."""

    @property
    def company(self) -> Path:
        """The documents of the company."""
        return UPGRADES / self.app / COMPANY


def small_template(version: str, into: Path) -> Path:
    """A template of a few documents, as it is in a version."""
    folder = into / "stock"
    shutil.copytree(UPGRADES.parent / "packages" / "template", folder)
    if (differs := UPGRADES / "stock" / version).is_dir():
        shutil.copytree(differs, folder, dirs_exist_ok=True)
    return folder


MERLOT = Named("item", "name", "Merlot")
RIOJA = Named("item", "name", "Rioja")
ORDER = Named("order", "number", "1001")
STOCK = Plot(
    app="stock",
    title="The Cellar",
    decided={"not_too_heavy": "company", "tests.": "drop"},
    first=(
        ("item", {"name": "Merlot", "grade": "best", "price": "120", "weight": "9.5", "colour": "red", "bin": 12}),
        ("item", {"name": "Rioja", "price": "40", "weight": "12", "bin": 7}),
        ("order", {"number": "1001", "item": MERLOT, "count": 3}),
        ("order", {"number": "1002", "item": RIOJA, "count": 4}),
    ),
    later=(
        (ORDER, {"count": "2.5"}),
        (MERLOT, {"mass": "9.75"}),
        ("shelf", {"code": "C"}),
    ),
    safely=Rewriting("views/items.yaml", "width: 8", "width: 6"),
    with_loss=Rewriting("entities/item.yaml", "type: integer, min: 1", "type: text, max_length: 1"),
    in_studio=Rewriting("segments/dear.yaml", ">= 100", ">= 150"),
    in_both=Rewriting("segments/dear.yaml", ">= 100", ">= 130"),
    demo=False,
    lay=small_template,
)
SHOP = Named("store", "code", "HZ02")
TEA = Named("product", "sku", "LJ-250")
WANG = Named("household", "name", "西湖王家")
MEMBER = Named("member", "name", "王小满")
RETAIL = Plot(
    app="retail_crm",
    title="Qinghe Tea Houses",
    decided={"women_skirts": "drop", "late_refund_needs_approver": "company", "tests.": "drop"},
    first=(
        ("store", {"code": "HZ02", "name": "湖滨茶馆", "format": "garden", "floor_area": 330, "tables": 24}),
        ("product", {"sku": "LJ-250", "name": "明前龙井", "list_price": "680", "season": "pre_rain"}),
        ("product", {"sku": "PE-357", "name": "普洱茶饼", "list_price": "520", "season": "all_year"}),
        ("household", {"name": "西湖王家", "note": "爱喝明前龙井"}),
        ("member", {"kind": "person", "name": "王小满", "mobile": "13800138000", "store": SHOP, "household": WANG}),
        ("purchase", {"member": MEMBER, "store": SHOP, "refills": 2, "lines": [{"product": TEA, "quantity": 1}]}),
    ),
    later=(
        (SHOP, {"floor_area": "331.5"}),
        (TEA, {"season": ["spring", "summer"]}),
        (WANG, {"note": "改喝桂花红茶"}),
        ("case_topic", {"code": "damp", "name": "茶叶受潮"}),
    ),
    safely=Rewriting("views/all_members.yaml", "width: 14", "width: 16"),
    with_loss=Rewriting("entities/store.yaml", "type: integer, min: 1", "type: text, max_length: 1"),
    in_studio=Rewriting("segments/near_next_tier.yaml", "<= 500", "<= 450"),
    in_both=Rewriting("segments/near_next_tier.yaml", "<= 500", "<= 480"),
    demo=False,
    lay=partial(template, "retail_crm"),
)
PLANT = Named("account", "name", "海天注塑")
SENSOR = Named("product", "code", "CV-T100")
B2B = Plot(
    app="b2b_crm",
    title="Yongli Machine Tools",
    decided={"entertainment": "drop", "thin_margin_approved": "company", "tests.": "drop"},
    first=(("account", {"name": "海天注塑", "employees": 420}), (SENSOR, {"delivery_weeks": 12})),
    later=((PLANT, {"employee_count": 450}), (SENSOR, {"list_price": "95"})),
    safely=Rewriting("views/big_plants.yaml", "width: 24", "width: 30"),
    with_loss=Rewriting("entities/product.yaml", "type: integer, min: 0, max: 104", "type: text, max_length: 1"),
    in_studio=Rewriting("segments/big_deals.yaml", ">= 100000", ">= 120000"),
    in_both=Rewriting("segments/big_deals.yaml", ">= 100000", ">= 150000"),
    demo=True,
    lay=partial(template, "b2b_crm"),
)
PLOTS = {plot.app: plot for plot in (STOCK, RETAIL, B2B)}
