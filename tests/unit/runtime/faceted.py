"""A company of the CRM that is an organisation and a label, which the ERP keeps apart; calls are counted."""

from collections import Counter
from typing import Any

from accord.core.observation import Outcome
from accord.ports.connector import Write
from tests.unit.runtime.office import Office, of_two

__all__ = ["EXCLUSIVE", "PROJECT", "Calls", "Faceted", "faceted"]

PROJECT = of_two("""\
concepts:
  org:
    properties: {name: string, city: string}
    match: [[name]]
    delete: propagate
  label:
    properties: {code: string, text: string}
    match: [[code]]
    delete: propagate
mappings:
  crm.Company#org:
    concept: org
    properties: {name: name, city: city}
  crm.Company#label:
    concept: label
    %(label)s
    properties: {code: {path: name, direction: read}, text: ours}
  erp.Company:
    concept: org
    properties: {name: name, city: city}
  erp.Person:
    concept: label
    %(person)s
    properties: {code: name, text: ours}
""")


EXCLUSIVE = of_two("""\
concepts:
  party:
    properties: {name: string, city: string}
    match: [[name]]
  person:
    properties: {email: string, works: {type: reference, to: party}}
    match: [[email]]
mappings:
  crm.Company#here: {concept: party, when: {city: Oslo}, properties: {name: name, city: city}}
  crm.Company#there: {concept: party, when: {city: Rome}, properties: {name: name, city: city}}
  crm.Person: {concept: person, properties: {email: email, works: company}}
  erp.Company: {concept: party, properties: {name: name, city: city}}
  erp.Person: {concept: person, properties: {email: email, works: company}}
""")


class Calls:
    """Counts what is asked of the CRM."""

    def __init__(self, office: Office) -> None:
        self.reads: Counter[str] = Counter()
        self.writes: list[Write] = []
        self.fails: list[Outcome] = []
        self.refuses = ""
        self.overlaps = 0
        """Calls to one record that were under way at the same time."""
        connector = office.crm.connector
        read, write = connector.read, connector.write

        def reads(mapping: str, cursor: str, *, full: bool) -> Any:
            self.reads[mapping.partition("#")[0]] += 1
            return read(mapping, cursor, full=full)

        async def writes(some: Any) -> Any:
            self.writes += some
            records = [(w.mapping.partition("#")[0], w.id) for w in some if w.id]
            self.overlaps += len(records) - len(set(records))
            if self.refuses and any(self.refuses in (w.body or {}) for w in some):
                return [Outcome(kind="refused", message="no", faults=(self.refuses,)) for _ in some]
            if self.fails:
                return [self.fails.pop() for _ in some]
            return await write(some)

        connector.read, connector.write = reads, writes


class Faceted(Office):
    """Given: "Acme" in the CRM, whose two facets are linked to a company and a label of the ERP."""

    def __init__(self, *, label: str = "", person: str = "") -> None:
        super().__init__(PROJECT % {"label": label, "person": person})
        self.acme = self.crm.add("Company", name="Acme", city="Oslo", ours="A")
        self.sync()
        self.calls = Calls(self)

    def edits(self, **values: str) -> None:
        """The ERP's records of the two facets are edited: `city` is the organisation's, `ours` the label's."""
        for name, value in values.items():
            kind = "Company" if name == "city" else "Person"
            self.erp.edit(kind, self.erp.records(kind)[0]["id"], **{name: value})


def faceted(*, label: str = "", person: str = "") -> Faceted:
    """See `Faceted`."""
    return Faceted(label=label, person=person)
