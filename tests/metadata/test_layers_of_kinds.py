"""What a layer may say about a document of each kind: change, clear, remove, place, add, and take the whole away."""

from __future__ import annotations

from textwrap import dedent

import pytest

from kith.metadata.layers import merged, why
from kith.metadata.layers.why import written
from kith.metadata.memo import Memo
from kith.metadata.model import Layer
from kith.metadata.shapes.kinds import KINDS
from kith.problems import Problem

CASES: dict[str, tuple[str, str, str]] = {
    "app": (
        "app: a\naccent: teal\nnavigation: {one: {entity: x}, two: {entity: y}}",
        "app: b\naccent: ~\nnavigation: {two: {~before: one, icon: box}, three: {entity: z, ~after: two}}",
        "{app: b, navigation: {two: {entity: y, icon: box}, three: {entity: z}, one: {entity: x}}}",
    ),
    "entity": (
        "entity: e\nicon: box\nfields: {a: {type: text}, b: {type: choice, options: {x: {}, y: {}}}}",
        "entity: e\nicon: ~\nfields: {a: {~remove: true}, b: {options: {y: {~before: x}}}, c: {type: date, ~before: b}}",
        "{entity: e, fields: {c: {type: date}, b: {type: choice, options: {y: {}, x: {}}}}}",
    ),
    "fragment": (
        "fragment: f\nfields: {a: {type: text, search: true}, b: {type: text}}",
        "fragment: f\nfields: {a: {search: ~, ~after: b}}",
        "{fragment: f, fields: {b: {type: text}, a: {type: text}}}",
    ),
    "form": (
        "form: f\nof: e\nsections: {s: {items: {a: {visible_when: b}, b: {}}}, t: {items: {c: {}}}}",
        "form: f\nsections: {t: {~before: s}, s: {items: {a: {visible_when: ~, ~after: b}, b: {only_for: [x]}}}}",
        "{form: f, of: e, sections: {t: {items: {c: {}}}, s: {items: {b: {only_for: [x]}, a: {}}}}}",
    ),
    "view": (
        "view: v\nof: e\nsegment: s\ncolumns: {a: {width: 9}, b.c: {}}\nsort: [a]",
        "view: v\nsegment: ~\nfilter: a > 1\ncolumns: {b.c: {~before: a}, a: {width: ~}}\nsort: [-a]",
        "{view: v, of: e, columns: {b.c: {}, a: {}}, sort: [-a], filter: a > 1}",
    ),
    "rules": (
        "rules: r\nof: e\nitems: {one: {on: [create], when: a, require: b}, two: {require: c}}",
        "rules: r\nitems: {two: {~before: one, message: No.}, one: {when: ~}}",
        "{rules: r, of: e, items: {two: {require: c, message: No.}, one: {on: [create], require: b}}}",
    ),
    "workflow": (
        "workflow: w\nof: e\nfield: f\nstates: {x: {}, y: {required: [a]}}\ntransitions: {go: {from: [x], confirm: {en: Sure?}}}",
        "workflow: w\nstates: {y: {required: ~}}\ntransitions: {go: {confirm: Really?}, back: {from: [y], ~before: go}}",
        (
            "{workflow: w, of: e, field: f, states: {x: {}, y: {}}, transitions: {back: {from: [y]}, "
            "go: {from: [x], confirm: Really?}}}"
        ),
    ),
    "role": (
        "role: r\nentities: {e: {read: true, delete: true, fields: {a: none}}, g: {read: true}}",
        "role: r\nentities: {e: {delete: ~, read: owner == me, fields: {a: read}}, g: {~remove: true}}",
        "{role: r, entities: {e: {read: owner == me, fields: {a: read}}}}",
    ),
    "segment": (
        "segment: s\nof: e\nhelp: {en: Some., zh-CN: 一些。}\nfilter: a > 1",
        "segment: s\nhelp: ~\nfilter: a > 2",
        "{segment: s, of: e, filter: a > 2}",
    ),
    "dashboard": (
        "dashboard: d\nroles: [r]\ntiles: {a: {kind: number, of: e, compare: whole, date: f}, b: {kind: bar, of: e, group: g}}",
        "dashboard: d\ntiles: {b: {~before: a, most: 3}, a: {compare: ~, measure: sum(h)}}",
        (
            "{dashboard: d, roles: [r], tiles: {b: {kind: bar, of: e, group: g, most: 3}, "
            "a: {kind: number, of: e, date: f, measure: sum(h)}}}"
        ),
    ),
    "import": (
        "import: i\nfile: {format: json}\nsteps: {one: {entity: e, key: k, values: {a: {column: A}}}, two: {entity: g}}",
        "import: i\nsteps: {two: {~before: one}, one: {values: {a: {column: B, date: M/D/YYYY}, b: {constant: x}}}}",
        (
            "{import: i, file: {format: json}, steps: {two: {entity: g}, "
            "one: {entity: e, key: k, values: {a: {column: B, date: M/D/YYYY}, b: {constant: x}}}}}"
        ),
    ),
    "strings": (
        "strings: en\ntexts: {entity.e.label: E, entity.g.label: G}",
        "strings: en\ntexts: {entity.e.label: F, entity.g.label: ~}",
        "{strings: en, texts: {entity.e.label: F}}",
    ),
    "data": (
        "data: d\nof: e\nkey: k\nrows: {one: {a: 1, b: 2}, two: {a: {k: x}}, three: {a: 3}}",
        "data: d\nrows: {one: {a: ~}, two: {~before: one, a: y}, three: {~remove: true}}",
        "{data: d, of: e, key: k, rows: {two: {a: y}, one: {a: ~, b: 2}}}",
    ),
    "tests": (
        "tests: t\nof: e\ncases: {one: {as: r, given: {a: {k: x}}, act: {create: {}}, expect: {created: {g: {}}}}, two: {}}",
        "tests: t\ncases: {two: {~before: one}, one: {as: ~, given: {a: ~}, expect: {created: {g: []}, values: {a: ~}}}}",
        (
            "{tests: t, of: e, cases: {two: {}, one: {given: {a: ~}, act: {create: {}}, "
            "expect: {created: {g: []}, values: {a: ~}}}}}"
        ),
    ),
    "calendar": (
        "calendar: c\nhours: {mon: [09:00-17:00], tue: [09:00-17:00]}\nholidays: {a: {from: 2026-01-01, to: 2026-01-02}}",
        "calendar: c\nhours: {mon: ~}\nholidays: {a: {to: ~}, b: {from: 2026-05-01, ~before: a}}",
        "{calendar: c, hours: {tue: [09:00-17:00]}, holidays: {b: {from: 2026-05-01}, a: {from: 2026-01-01}}}",
    ),
}


def path_of(kind: str) -> str:
    return f"{KINDS[kind].folder}/it.yaml" if KINDS[kind].folder else "app.yaml"


def layers_of(kind: str, *texts: str) -> list[Layer]:
    return [
        Layer(f"layer{index}", "1.0.0", {path_of(kind): dedent(text) + "\n"}, "", f"layer{index}")
        for index, text in enumerate(texts)
    ]


def test_every_kind_has_a_case() -> None:
    assert set(CASES) == set(KINDS)


@pytest.mark.parametrize("kind", CASES)
def test_a_layer_changes_clears_removes_and_places(kind: str) -> None:
    lower, upper, expected = CASES[kind]
    problems: list[Problem] = []
    found = merged(layers_of(kind, lower, upper), problems, Memo())
    assert [problem.message() for problem in problems] == []
    (document,) = found.of(kind)
    assert written(document.node) == expected


@pytest.mark.parametrize("kind", [kind for kind in CASES if kind != "app"])
def test_a_layer_takes_a_whole_document_away_and_says_where(kind: str) -> None:
    lower = CASES[kind][0]
    name = lower.split("\n")[0].partition(": ")[2]
    problems: list[Problem] = []
    found = merged(layers_of(kind, lower, f"{kind}: {name}\n~remove: true"), problems, Memo())
    assert problems == []
    assert list(found.of(kind)) == []
    key = next(line.partition(":")[0] for line in lower.split("\n")[1:])
    assert [(origin.layer, origin.span.source.path) for origin in why(found, f"{kind}.{name}.{key}")] == [
        ("layer1", f"layer1/{path_of(kind)}"),
        ("layer0", f"layer0/{path_of(kind)}"),
    ]


@pytest.mark.parametrize("kind", CASES)
def test_why_answers_for_every_kind(kind: str) -> None:
    lower, upper, _ = CASES[kind]
    found = merged(layers_of(kind, lower, upper), [], Memo())
    (document,) = found.of(kind)
    address = kind if kind == "app" else f"{kind}.{document.name}"
    for key in document.node.entries:
        assert why(found, f"{address}.{key}"), key
