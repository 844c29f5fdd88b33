"""D49: what the layouts of views are laid out by."""

from __future__ import annotations

from kith.problems import Mistake, Words

LACKS_PLACING = Mistake(
    "D490",
    Words('a view with the layout "{layout}" needs the key "{key}"', "布局为“{layout}”的视图需要“{key}”"),
    "view: v\nof: thing\nlayout: kanban\ncolumns: {name: {}}",
    "view: v\nof: thing\nlayout: kanban\ngroup: status\ncolumns: {name: {}}",
)
IDLE_PLACING = Mistake(
    "D491",
    Words('"{key}" says nothing in the layout "{layout}"', "“{key}”在布局“{layout}”中没有作用"),
    "view: v\nof: thing\nlayout: calendar\nstarts: due\ngroup: status\ncolumns: {name: {}}",
    "view: v\nof: thing\nlayout: timeline\nstarts: due\ngroup: status\ncolumns: {name: {}}",
)
UNFIT_PLACING = Mistake(
    "D492",
    Words('"{name}" does not fit here: {wanted}', "“{name}”不适合用在这里：{wanted}"),
    "view: v\nof: thing\nlayout: kanban\ngroup: due\ncolumns: {name: {}}",
    "view: v\nof: thing\nlayout: kanban\ngroup: status\ncolumns: {name: {}}",
)
