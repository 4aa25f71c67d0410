"""Documents of any project that loads: read back they give the same documents, and what they can not say is listed."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, assume, event, given, settings, strategies as st

from accord.connectorkit.manifest_load import manifest_from
from accord.core.errors import ConfigError
from accord.dataflow import documents_of, project_from_documents, read_document, render_document
from accord.dataflow.document import Document
from accord.project import Project, project_from_text

PATHS = ["one", "two", "three", "list.value", "list.kind", "in.side"]
MANIFESTS = {
    name: manifest_from(
        {
            "name": name,
            "base_url": f"http://{name}.example/",
            "types": {
                kind: {
                    "path": kind.lower(),
                    "update": "patch",
                    "properties": {
                        **{path: {} for path in ("one", "two", "three", "in.side")},
                        "list": {"type": "list"},
                        "fixed": {"read_only": True},
                    },
                }
                for kind in ("Deal", "Item")
            },
        }
    )
    for name in ("crm", "erp", "shop")
}
TYPES = [f"{system}.{kind}" for system in MANIFESTS for kind in ("Deal", "Item")]
LENSES = st.sampled_from(["trim", "truncate(3)", {"name": "map", "pairs": {"a": "b"}}])


def some(**optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with any of these keys, mostly few."""
    return st.dictionaries(st.sampled_from(sorted(optional)), st.none(), max_size=2).flatmap(
        lambda keys: st.fixed_dictionaries({key: optional[key] for key in keys})
    )


PATH = st.sampled_from([*PATHS, "fixed"])
FLAGS = {"required": st.just(True), "create_only": st.just(True)}
PLACES = st.builds(
    lambda path, more: {**path, **more} if more or len(path) > 1 else path["path"],
    st.one_of(
        st.fixed_dictionaries({"path": PATH}),
        st.fixed_dictionaries({"path": PATH}),
        st.just({"path": "list.value", "when": {"list.kind": "x"}}),
        st.just({"path": "one", "when": {"in.side": ""}}),
    ),
    st.just({}) | st.just({}) | some(lens=LENSES, **FLAGS),
)
JOINED = st.just({"paths": ["one", "three"], "lens": "join"})
ROWS = st.builds(
    lambda source, target, more: {"from": source, "to": target, **more},
    st.one_of(PLACES, PLACES, PLACES, JOINED),
    PLACES,
    st.just({})
    | some(
        direction=st.sampled_from(["both", "forward", "backward", "none"]),
        main=st.just(True),
        first_of=st.just(True),
        enforce=st.just(True),
        type=st.sampled_from(["string", "enum(a|b)"]),
        survivorship=st.sampled_from(["latest", "function:longest"]),
    ),
)
RULES = some(
    rule=st.sampled_from(["always", "linked"]),
    condition=st.just("A deal that is won"),
    connected=st.just(["Item", "Deal"]),
    merge_existing=st.just(True),
)
MATCHES = st.builds(
    lambda all_, more: {"all": all_, **more},
    st.lists(st.tuples(PATH, PATH).map(list), min_size=1, max_size=2),
    st.just({}) | some(propose=st.just(True), normalise=st.just("number"), max_share=st.just(3)),
)
PAIRS = st.builds(
    lambda ends, rows, match, more: {"from": ends[0], "to": ends[1], "rows": rows, "match": match, **more},
    st.permutations(TYPES).map(lambda types: types[:2]),
    st.lists(ROWS, max_size=4),
    st.lists(MATCHES, max_size=2),
    some(
        create=some(forward=RULES, backward=RULES),
        concept=st.just("thing"),
        delete=st.just("propagate"),
        first_link=st.just("latest"),
        enabled=st.booleans(),
    ),
)
PROPERTIES = ["name", "note", "size"]
MAPPINGS = st.builds(
    lambda properties, more: {"concept": "thing", "properties": properties, **more},
    st.dictionaries(
        st.sampled_from(PROPERTIES),
        st.lists(
            st.one_of(
                PATH,
                st.just({"first_of": ["two", "three"]}),
                st.builds(
                    lambda path, way: {"path": path, "direction": way},
                    PATH,
                    st.sampled_from(["read", "write"]),
                ),
            ),
            min_size=1,
            max_size=2,
        ),
        max_size=3,
    ),
    some(create=st.just("linked"), filter=st.just({"one": "x"}), constants=st.just({"three": "x"})),
)
CONCEPTS = st.builds(
    lambda mappings, match: {
        "concepts": {"thing": {"properties": dict.fromkeys(PROPERTIES, "string"), "match": match}},
        "mappings": mappings,
    },
    st.dictionaries(st.sampled_from(TYPES), MAPPINGS, min_size=1, max_size=3),
    st.lists(st.lists(st.sampled_from(PROPERTIES), min_size=1, max_size=2, unique=True), max_size=2),
)
SYSTEMS = st.fixed_dictionaries(
    {
        name: st.builds(
            lambda more, name=name: {"connector": name, **more},
            some(
                title=st.sampled_from(["Wix.com", "ERP", "shop"]), priority=st.just(3), enabled=st.booleans()
            ),
        )
        for name in MANIFESTS
    }
)
CONFIGS = st.builds(
    lambda systems, parts: {"version": 1, "name": "any", "systems": systems, **parts},
    SYSTEMS,
    CONCEPTS | st.lists(PAIRS, min_size=1, max_size=3).map(lambda pairs: {"pairs": pairs}),
)


def loaded(text: str, manifests: dict[str, Any] | None = None) -> Project:
    return project_from_text(text, Path(), manifests=manifests or MANIFESTS)


def imported(documents: list[Document], manifests: dict[str, Any]) -> Project:
    read = [read_document(render_document(each), each.file) for each in documents]
    assert read == documents
    assert not any(each.unread for each in read)
    return loaded(project_from_documents(read, known=manifests).files["accord.yaml"], manifests)


def by_name(project: Project) -> dict[str, Any]:
    """The manifests under the keys that an import makes of the systems' names."""
    from accord.dataflow.names import display_name, system_keys

    names = {key: display_name(key, system.title) for key, system in project.config.systems.items()}
    keys = system_keys(names.values())
    return {keys[name]: MANIFESTS[key] for key, name in names.items()}


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(CONFIGS)
def test_documents_tell_a_project_or_list_what_they_do_not(config: dict[str, Any]) -> None:
    try:
        project = loaded(yaml.safe_dump(config))
    except ConfigError:
        event("is refused")
        assume(False)
    told = documents_of(project)
    if not told:
        return
    manifests = by_name(project)
    again = imported(told, manifests)
    retold = documents_of(again)
    assert documents_of(imported(retold, dict(again.manifests))) == retold  # what was lost was lost at once
    if retold != told:
        assert any(each.untold for each in told)
        event("is told in part")
    else:
        event("is told")
