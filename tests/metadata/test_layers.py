"""Layers on each other: what merges, clears, goes and moves, and where a value comes from."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kith.metadata.build import build
from kith.metadata.layers import load, merged, why
from kith.metadata.memo import Memo
from kith.metadata.model import Layer, Model
from kith.problems import render
from tests.metadata.example import BASE, write

COMPANY = {
    "app.yaml": "app: ours\nversion: 2.0.0\nextends: example\ntitle: Ours\n",
    "entities/thing.yaml": """
entity: thing
icon: box
fields:
  amount: {~remove: true}
  name: {max_length: 40, search: ~}
  status: {~before: name, options: {waiting: {~after: open}}}
  colour: {type: text, ~after: name}
""".lstrip(),
}


def layer(name: str, documents: dict[str, str]) -> Layer:
    return Layer(name, "1.0.0", documents, "", name)


def model_of(*layers: dict[str, str]) -> Model:
    model, problems = build([layer(f"layer{index}", documents) for index, documents in enumerate(layers)])
    assert [problem.message() for problem in problems if problem.is_error] == []
    assert model
    return model


def test_a_later_layer_says_only_what_differs() -> None:
    thing = model_of(BASE, COMPANY).entities["thing"]
    assert list(thing.fields) == ["status", "name", "colour", "due", "part_of"]
    assert list(thing.fields["status"].options) == ["open", "waiting", "done"]
    name = thing.fields["name"]
    assert (name.params, name.search, name.required, name.layer) == ({"max_length": 40}, False, True, "layer0")
    assert thing.fields["colour"].layer == "layer1"
    assert (thing.icon, thing.title.excerpt.text) == ("box", "{name}")


def test_a_third_layer_stands_on_the_other_two() -> None:
    top = {
        "app.yaml": "app: top\n",
        "entities/thing.yaml": "entity: thing\nfields: {colour: {max_length: 7, type: text}}\n",
    }
    thing = model_of(BASE, COMPANY, top).entities["thing"]
    assert thing.fields["colour"].params == {"max_length": 7}
    assert thing.icon == "box"


def test_a_layer_removes_a_whole_document() -> None:
    view = {"views/v.yaml": "view: v\nof: thing\ncolumns: {name: {}}\n"}
    gone = {"app.yaml": "app: top\n", "views/v.yaml": "view: v\n~remove: true\n"}
    assert "v" in model_of(BASE | view).views
    assert "v" not in model_of(BASE | view, gone).views


def test_a_fragment_lies_directly_below_the_entity() -> None:
    fragment = {
        "fragments/placed.yaml": "fragment: placed\nfields: {city: {type: text, max_length: 10}, zip: {type: text}}\n",
        "entities/box.yaml": "entity: box\ninclude: [placed]\nfields: {city: {max_length: 20}}\n",
    }
    above = {"app.yaml": "app: top\n", "entities/box.yaml": "entity: box\nfields: {zip: {~remove: true}}\n"}
    box = model_of(BASE | fragment, above).entities["box"]
    assert list(box.fields) == ["city"]
    assert box.fields["city"].params == {"max_length": 20}
    changed = {"app.yaml": "app: top\n", "fragments/placed.yaml": "fragment: placed\nfields: {zip: {max_length: 5}}\n"}
    assert model_of(BASE | fragment, changed).entities["box"].fields["zip"].params == {"max_length": 5}


def test_a_null_in_data_and_tests_is_a_value() -> None:
    documents = {
        "data/d.yaml": "data: d\nof: thing\nrows: [{name: a, due: ~}]\n",
        "tests/t.yaml": "tests: t\nof: thing\ncases: {a: {act: {update: {due: ~}}, expect: {saved: true}}}\n",
    }
    model = model_of(BASE | documents)
    assert model.data["d"].rows == {"1": {"name": "a", "due": None}}
    assert model.tests["t"].cases["a"].acts[0].act == {"update": {"due": None}}


@pytest.mark.parametrize(
    ("path", "origins"),
    [
        ("entity.thing.icon", [("box", "layer1", 2)]),
        ("entity.thing.fields.name.max_length", [("40", "layer1", 5), ("80", "layer0", 5)]),
        ("entity.thing.fields.name.label.en", [("Name", "layer0", 5)]),
        ("app.title", [("Ours", "layer1", 4), ("Example", "layer0", 3)]),
        ("entity.thing.fields.nam", []),
        ("entity.thin", []),
    ],
)
def test_why_tells_the_value_and_what_it_covers(path: str, origins: list[tuple[str, str, int]]) -> None:
    documents = merged([layer("layer0", BASE), layer("layer1", COMPANY)], [], Memo())
    found = [(o.value, o.layer, o.span.source.position(o.span.start)[0]) for o in why(documents, path)]
    assert found == origins


def test_why_names_the_fragment_and_reads_keys_with_points() -> None:
    documents = BASE | {
        "fragments/placed.yaml": "fragment: placed\nfields: {city: {type: text}}\n",
        "entities/box.yaml": "entity: box\ninclude: [placed]\n",
        "views/v.yaml": "view: v\nof: thing\ncolumns: {part_of.name: {width: 9}}\n",
    }
    all_documents = merged([layer("one", documents)], [], Memo())
    assert [(o.fragment, o.value) for o in why(all_documents, "entity.box.fields.city.type")] == [("placed", "text")]
    assert [o.value for o in why(all_documents, "view.v.columns.part_of.name.width")] == ["9"]


@pytest.mark.parametrize(
    ("path", "origins"),
    [
        (
            "entity.box.fields.city.max_length",
            [("20", "layer1", ""), ("15", "layer1", "placed"), ("10", "layer0", "placed")],
        ),
        ("entity.box.fields.zip.type", [("{~remove: true}", "layer1", ""), ("text", "layer0", "placed")]),
        ("entity.box.fields.zip.length", []),
        ("entity.box.label.en", [("Crate", "layer1", ""), ("Box", "layer0", "")]),
    ],
)
def test_why_goes_through_fragments_and_tells_what_stands_in_the_way(
    path: str, origins: list[tuple[str, str, str]]
) -> None:
    lower = BASE | {
        "fragments/placed.yaml": "fragment: placed\nfields: {city: {type: text, max_length: 10}, zip: {type: text}}\n",
        "entities/box.yaml": "entity: box\nlabel: {en: Box}\ninclude: [placed]\n",
    }
    upper = {
        "fragments/placed.yaml": "fragment: placed\nfields: {city: {max_length: 15}}\n",
        "entities/box.yaml": "entity: box\nlabel: Crate\nfields: {city: {max_length: 20}, zip: {~remove: true}}\n",
    }
    found = why(merged([layer("layer0", lower), layer("layer1", upper)], [], Memo()), path)
    assert [(one.value, one.layer, one.fragment) for one in found] == origins


def test_texts_of_a_higher_layer_hold_wherever_they_stand() -> None:
    strings = {
        "strings/en.yaml": "strings: en\ntexts: {entity.box.label: Crate}\n",
        "entities/box.yaml": "entity: box\nfields: {size: {type: text, label: {en: Size}}}\n",
    }
    inline = {"entities/box.yaml": "entity: box\nlabel: {en: Case}\n"}
    upper = {"strings/en.yaml": "strings: en\ntexts: {entity.box.fields.size.label: Extent}\n"}
    box = model_of(BASE | strings, inline, upper).entities["box"]
    assert box.label.in_("en") == "Case"
    assert box.fields["size"].label.in_("en") == "Extent"


def test_a_text_without_a_language_is_in_the_first_of_its_layer() -> None:
    upper = {
        "app.yaml": "app: ours\nversion: 1.0.0\nlanguages: [zh-CN, en]\n",
        "entities/box.yaml": "entity: box\nlabel: 箱子\n",
    }
    model = model_of(BASE, upper)
    assert model.entities["box"].label.texts == {"zh-CN": "箱子"}
    assert model.app.title.in_("en") == "Example"


def test_a_mistake_names_the_layers_that_have_to_do_with_it() -> None:
    upper = {
        "app.yaml": "app: ours\nversion: 1.0.0\n",
        "entities/thing.yaml": "entity: thing\nfields: {amount: {~remove: true}, name: {max_length: few}}\n",
        "views/v.yaml": "view: v\nof: thing\ncolumns: {amount: {}}\n",
    }
    _, problems = build([layer("example", BASE), layer("ours", upper)])
    told = {one.code: [also.words.en for also in one.related] for one in problems if one.is_error}
    assert told["D203"] == ["the layer example speaks of it here, too"]
    assert 'the layer ours removes "amount" here' in told["E203"]


def test_a_key_that_the_type_of_a_layer_does_not_take_is_told_there_with_the_mend() -> None:
    sized = {"entities/thing.yaml": "entity: thing\nfields: {size: {type: decimal, precision: 8, scale: 1}}\n"}
    upper = {
        "app.yaml": "app: ours\nversion: 1.0.0\n",
        "entities/thing.yaml": "entity: thing\nfields:\n  size: {type: integer, scale: ~}\n",
    }
    _, problems = build([layer("example", BASE | sized), layer("ours", upper)])
    (told,) = [one for one in problems if one.code == "D201"]
    assert told.span is not None
    assert (told.message("en"), told.span.source.text[told.span.start : told.span.end]) == (
        'a field of type integer has no key "precision"',
        "integer",
    )
    assert told.hint is not None
    assert told.hint.en == "write `precision: ~` beside it, to clear what example says"
    assert [also.words.zh for also in told.related] == ["图层 example 在此处设置了“precision”"]


def test_a_field_that_is_removed_is_told_once_for_the_rows_of_a_document() -> None:
    rows = "".join(f"  r{number}: {{amount: {number}}}\n" for number in range(5))
    data = {f"data/{name}.yaml": f"data: {name}\nof: thing\nkey: name\nrows:\n{rows}" for name in ("few", "more")}
    upper = {
        "app.yaml": "app: ours\nversion: 1.0.0\n",
        "entities/thing.yaml": "entity: thing\nfields: {amount: {~remove: true}}\n",
    }
    _, problems = build([layer("example", BASE | data), layer("ours", upper)])
    told = [one for one in problems if one.code == "D404" and one.span and "/data/" in one.span.source.path]
    assert [one.span.source.position(one.span.start)[0] for one in told if one.span] == [5, 5]
    places = [also.span.source.position(also.span.start)[0] for also in told[0].related if "5 places" in also.words.en]
    assert places == [6, 7]


def test_an_app_is_loaded_with_what_it_extends(tmp_path: Path) -> None:
    write(tmp_path / "example", BASE)
    write(tmp_path / "ours", COMPANY)
    layers, problems = load(tmp_path / "ours")
    assert problems == []
    assert [(layer.name, layer.version) for layer in layers] == [
        ("platform", "1.0.0"),
        ("example", "1.0.0"),
        ("ours", "2.0.0"),
    ]
    model, found = build(layers)
    assert model
    assert (model.app.name, model.app.version, model.app.currency) == ("ours", "2.0.0", "EUR")
    assert [problem.message() for problem in found if problem.is_error] == []


def test_apps_that_extend_each_other_do_not_go_on_for_ever(tmp_path: Path) -> None:
    write(tmp_path / "one", {"app.yaml": "app: one\nversion: 1.0.0\nextends: two\n"})
    write(tmp_path / "two", {"app.yaml": "app: two\nversion: 1.0.0\nextends: one\n"})
    layers, _ = load(tmp_path / "one")
    assert [layer.name for layer in layers] == ["platform", "two", "one"]


def test_a_layer_has_the_same_digest_wherever_it_stands(tmp_path: Path) -> None:
    digests = set()
    for name in ("here", "there"):
        write(tmp_path / name, BASE)
        (tmp_path / name / "README.md").write_text(name, encoding="utf-8")
        digests.add(load(tmp_path / name)[0][-1].digest)
    assert len(digests) == 1


def test_line_ends_of_windows_are_read_as_any(tmp_path: Path) -> None:
    write(tmp_path, BASE)
    path = tmp_path / "entities/thing.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    layers, problems = load(tmp_path)
    assert problems == []
    assert layers[-1].documents["entities/thing.yaml"] == BASE["entities/thing.yaml"]


def test_links_out_of_the_folder_and_hidden_files_are_not_read(tmp_path: Path) -> None:
    write(tmp_path / "app", BASE | {".git/x.yaml": "a: b\n"})
    (tmp_path / "secret.yaml").write_text("entity: secret\n", encoding="utf-8")
    (tmp_path / "app/entities/link.yaml").symlink_to(tmp_path / "secret.yaml")
    layers, problems = load(tmp_path / "app")
    assert problems == []
    assert set(layers[-1].documents) == set(BASE)


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    write(tmp_path, BASE)
    (tmp_path / "entities/wide.yaml").write_bytes("entity: wide\n".encode("utf-16"))
    assert [problem.code for problem in load(tmp_path)[1]] == ["D311"]


def test_a_file_whose_name_cannot_be_printed_is_told_in_signs_that_can(tmp_path: Path) -> None:
    write(tmp_path, BASE)
    for name in (b"\xff.yaml", b"a\nb.yaml"):
        Path(os.fsdecode(os.fsencode(tmp_path / "entities") + b"/" + name)).write_text("entity: box\n", "utf-8")
    layers, problems = load(tmp_path)
    assert [problem.code for problem in problems] == ["D221", "D221"]
    assert all("entities/" in line.encode().decode() for line in map(render, problems))
    assert not [path for path in layers[-1].documents if not path.isprintable()]


def test_a_file_that_is_far_too_large_is_refused_unread(tmp_path: Path) -> None:
    write(tmp_path, BASE)
    with (tmp_path / "entities" / "large.yaml").open("wb") as file:
        file.truncate(50_000_000_000)
    layers, problems = load(tmp_path)
    assert [problem.code for problem in problems] == ["D222"]
    assert "entities/large.yaml" not in layers[-1].documents
