"""A CRM, an ERP and a shop with people and their companies, for laws about what people decide."""

from accord.core.state import Cluster, Review
from accord.runtime.people.decide import Verdict, decide
from tests.unit.runtime.office import PROJECT, Office, of_two

__all__ = ["FAMILY", "PARTIES", "TYPES", "Desk", "add_party"]


class Desk(Office):
    """An office at which somebody decides; every sync is followed to the end."""

    def same(self, *keys: str) -> None:
        """Say that records are one thing."""
        self.say(*(Verdict(keys[0], key, "same") for key in keys[1:]))

    def different(self, a: str, b: str, *, restore: bool = False) -> None:
        """Say that two records are different things."""
        self.say(Verdict(a, b, "different", restore))

    def say(self, *verdicts: Verdict) -> None:
        """Decide, also of records that were never read."""
        self.run(decide(self.hub, verdicts, by="ann", unseen=True))

    def reviews(self, kind: str = "") -> list[Review]:
        """Open reviews."""

        async def look() -> list[Review]:
            async with self.store.transaction(dry=True) as tx:
                return [each for each in await tx.reviews() if kind in ("", each.kind)]

        return self.run(look())

    def sent(self) -> dict[str, int]:
        """Sync to the end; what was written, by kind and entity type."""
        return dict(self.sync().summary()["sent"])

    def clusters(self, concept: str) -> list[Cluster]:
        """All golden records that are no aliases."""

        async def look() -> list[Cluster]:
            async with self.store.transaction(dry=True) as tx:
                rows = await tx.scan_golden(concept, "", 1000)
                return await tx.clusters([row.id for row in rows if row.life != "merged"])

        return self.run(look())

    def parts(self, concept: str) -> set[frozenset[str]]:
        """What is linked together: the live records of each golden record."""
        groups = (
            frozenset(f"{k.mapping}/{k.id}" for k in each.links if k.life == "live")
            for each in self.clusters(concept)
        )
        return {group for group in groups if group}


PARTIES = of_two("""\
concepts:
  party:
    properties: {name: string, key: string}
    match: [{properties: [key]}]
mappings:
  crm.Person: {concept: party, create: linked, properties: {name: name, key: email}}
  crm.Company: {concept: party, create: linked, properties: {name: name, key: city}}
  erp.Person: {concept: party, create: linked, properties: {name: name, key: email}}
  erp.Company: {concept: party, create: linked, properties: {name: name, key: city}}
""")
"""Four entity types that stand for one concept; nothing is created, and records match by a key."""

FAMILY = PROJECT.replace("always, backward: always", "linked, backward: linked", 1).replace(
    "      - [city, city]\n", "      - [city, city]\n      - [parent, parent]\n"
)
"""People of companies; a company is in both systems only where somebody says so."""

TYPES = ("crm.Person", "crm.Company", "erp.Person", "erp.Company")


def add_party(desk: Desk, mapping: str, name: str, key: str) -> str:
    """Key of a record that a person entered in one of the four entity types."""
    system, type_name = mapping.split(".")
    place = "email" if type_name == "Person" else "city"
    made = getattr(desk, system).add(type_name, name=name, **{place: key})
    return f"{mapping}/{made}"
