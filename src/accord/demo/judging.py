"""Links against the truth: what was found, what was missed, what became of it, and who waits for a person."""

from collections.abc import Mapping, Set as AbstractSet
from typing import Any

from msgspec import Struct, field

from accord.demo.state import HubState
from accord.demo.world import CRM, ERP, World

__all__ = ["Judgement", "Missed", "created_in", "differing", "judge"]


class Missed(Struct, frozen=True, kw_only=True):
    """A pair that was not linked. `fate`: "created" where each has a new partner, "proposed" where a near match holds
    the creates, "held" where a review or a record that is held does, "other" where neither tells."""

    person: int
    crm: str
    erp: str
    created: int
    fate: str


class Judgement(Struct, kw_only=True):
    """Figures over judged persons who are in both systems and doubled in neither, but for `links` and `doubled`."""

    links: int
    pairs: int
    right: int
    wrong: list[tuple[str, str]]
    missed: list[Missed]
    doubled: int
    doubled_in_review: int
    doubled_linked: int
    doubled_created: list[str] = field(default_factory=list)
    all_missed: list[Missed] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Share of the links that are right."""
        return self.right / max(1, self.right + len(self.wrong))

    @property
    def recall(self) -> float:
        """Share of the pairs that are linked."""
        return self.right / max(1, self.pairs)


def judge(world: World, state: HubState) -> Judgement:
    """Compare links with the truth; records that the hub created have no truth of their own."""
    shared, scored = world.shared(), world.shared() & world.judged
    links, right, wrong = 0, set(), []
    for ids in state.clusters(CRM, ERP).values():
        crm, erp = ([i for i in ids.get(key, ()) if i in world.person[key]] for key in (CRM, ERP))
        for a in crm:
            for b in erp:
                links += 1
                whose = world.person[CRM][a], world.person[ERP][b]
                if whose[0] == whose[1]:
                    right.add(whose[0])
                elif set(whose) & scored:
                    wrong.append((f"{CRM}/{a}", f"{ERP}/{b}"))
    missed = [_missed(world, state, number) for number in sorted(shared - right)]
    judgement = Judgement(
        links=links,
        pairs=len(scored),
        right=len(right & scored),
        wrong=wrong,
        missed=[one for one in missed if one.person in scored],
        all_missed=missed,
        doubled=len(world.doubled),
        doubled_in_review=0,
        doubled_linked=0,
    )
    _doubled(world, state, judgement)
    return judgement


def _missed(world: World, state: HubState, number: int) -> Missed:
    crm, erp = world.records(CRM, number)[0], world.records(ERP, number)[0]
    created = _has_partner(state, CRM, crm, ERP) + _has_partner(state, ERP, erp, CRM)
    records = {f"{CRM}/{crm}", f"{ERP}/{erp}"}
    if records & state.reviewed("propose"):
        fate = "proposed"
    elif created == 2:
        fate = "created"
    else:
        reviewed = records & state.reviewed("cluster", "veto", "merge")
        fate = "held" if reviewed or crm in state.held[CRM] or erp in state.held[ERP] else "other"
    return Missed(person=number, crm=crm, erp=erp, created=created, fate=fate)


def _has_partner(state: HubState, key: str, id_: str, other: str) -> bool:
    golden = state.golden[key].get(id_)
    return golden is not None and golden in state.golden[other].values()


def _doubled(world: World, state: HubState, judgement: Judgement) -> None:
    """Doubled persons: every copy has to wait in a review, and none may be linked."""
    reviewed = state.reviewed("cluster", "veto")
    for number in world.doubled:
        copies: list[tuple[str, str, str]] = []
        partners: list[tuple[str, str, str]] = []
        for key, other in ((CRM, ERP), (ERP, CRM)):
            ids = world.records(key, number)
            (copies if len(ids) > 1 else partners).extend((key, other, id_) for id_ in ids)
        waits = all(f"{key}/{id_}" in reviewed and id_ in state.held[key] for key, _, id_ in copies)
        judgement.doubled_in_review += waits
        judgement.doubled_linked += any(id_ in state.golden[key] for key, _, id_ in copies)
        for key, other, id_ in partners:
            if _has_partner(state, key, id_, other):
                judgement.doubled_created.append(f"{key}/{id_}")


def created_in(
    loaded: AbstractSet[str], state: HubState, key: str, there: AbstractSet[str]
) -> tuple[int, list[str]]:
    """(records that were created in an entity type, those of them that repeat another or that no link knows)."""
    fresh = sorted(there - loaded)
    known: set[str] = set()
    repeated = []
    for id_ in fresh:
        golden = state.golden[key].get(id_)
        if golden is None or golden in known:
            repeated.append(f"{key}/{id_}")
        else:
            known.add(golden)
    return len(fresh), repeated


def differing(
    state: HubState, crm: Mapping[str, Mapping[str, Any]], erp: Mapping[str, Mapping[str, Any]]
) -> tuple[int, list[str]]:
    """(linked pairs, those of them that do not hold the same in both systems), compared by hand, without any lens."""
    pairs, different = 0, []
    for ids in state.clusters(CRM, ERP).values():
        if len(ids) == 2:
            pairs += 1
            a, b = ids[CRM][0], ids[ERP][0]
            if a not in crm or b not in erp or _of_crm(crm[a], state) != _of_erp(erp[b], state):
                different.append(f"{CRM}/{a} {ERP}/{b}")
    return pairs, different


def _of_crm(body: Mapping[str, Any], state: HubState) -> list[Any]:
    born = body.get("birthDate") or ""
    place = body.get("visitAddress") or {}
    company = (body.get("company") or {}).get("id")
    names = ("streetAddress", "streetAddress2", "postCode", "postalArea", "state", "country")
    return [
        *(body.get(name) or "" for name in ("givenName", "familyName", "nationalId", "email")),
        ".".join(reversed(born.split("-"))),
        *(place.get(name) or "" for name in names),
        state.golden["crmoffice.Companies"].get(str(company)) if company else None,
    ]


def _of_erp(body: Mapping[str, Any], state: HubState) -> list[Any]:
    place = body.get("address") or {}
    product = body.get("productId")
    return [
        *(body.get(name) or "" for name in ("firstName", "lastName", "ssn", "email", "born")),
        *(place.get(name) or "" for name in ("line1", "line2", "zip", "city", "region", "country")),
        state.golden["customerp.Product"].get(str(product)) if product else None,
    ]
