"""What stands around the persons: companies and what they supply, activities and projects. All names are invented."""

from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from accord.demo.persons import Person

__all__ = ["Business", "business", "crm_contact", "erp_contact"]

_FIRST: Final = (
    "Amber",
    "Birch",
    "Cobalt",
    "Delta",
    "Ember",
    "Fjord",
    "Granite",
    "Harbour",
    "Indigo",
    "Juniper",
    "Kelp",
    "Lantern",
    "Maple",
    "Nimbus",
    "Ochre",
    "Pebble",
    "Quartz",
    "Ridge",
    "Saffron",
    "Tundra",
)
_SECOND: Final = (
    "Bakery",
    "Boatyard",
    "Carpentry",
    "Ceramics",
    "Foundry",
    "Joinery",
    "Logistics",
    "Optics",
    "Textiles",
)
_WORK: Final = (
    "Audit",
    "Delivery",
    "Fitting",
    "Inspection",
    "Inventory",
    "Move",
    "Rollout",
    "Survey",
    "Training",
)
_PLACES: Final = (("0150", "Oslo"), ("5003", "Bergen"), ("7011", "Trondheim"), ("4006", "Stavanger"))
_OSLO: Final = ZoneInfo("Europe/Oslo")
_FIRST_ID: Final = 501


class Business(Struct, kw_only=True):
    """Rows by entity type. The n-th company and the n-th product are partners, where they are there."""

    count: int
    companies: frozenset[int]
    products: frozenset[int]
    rows: dict[str, list[dict[str, Any]]]

    def company_of(self, number: int) -> str | None:
        """Id of the company that a person works for, as the CRM knows it."""
        return f"company-{number % self.count}" if self._knows(number, self.companies) else None

    def product_of(self, number: int) -> int | None:
        """Id of the product that the company of a person supplies, as the ERP knows it."""
        return _FIRST_ID + number % self.count if self._knows(number, self.products) else None

    def _knows(self, number: int, there: frozenset[int]) -> bool:
        return number % 3 == 0 and number % self.count in there


def business(random: Random, count: int) -> Business:
    """So many companies and activities; a tenth of the companies has no product, a tenth of the products no company."""
    companies = frozenset(random.sample(range(count), count * 9 // 10))
    products = frozenset(random.sample(range(count), count * 9 // 10))
    projects = frozenset(random.sample(range(count), count * 6 // 10))
    both = [_company(random, n) for n in range(count)]
    work = [_activity(random, n) for n in range(count)]
    rows = {
        "crmoffice.Companies": [both[n][0] for n in sorted(companies)],
        "crmoffice.Activities": [activity for activity, _ in work],
        "customerp.Product": [both[n][1] for n in sorted(products)],
        "customerp.Project": [work[n][1] for n in sorted(projects)],
    }
    return Business(count=count, companies=companies, products=products, rows=rows)


def _company(random: Random, n: int) -> tuple[dict[str, Any], dict[str, Any]]:
    first, second = _FIRST[n % len(_FIRST)], _SECOND[n // len(_FIRST) % len(_SECOND)]
    name = f"{first} {second} {n}"
    zip_, city = random.choice(_PLACES)
    street = f"{random.randint(1, 90)} {random.choice(_FIRST)} Street"
    organisation, phone = str(810_000_017 + 7_919 * n), f"73{random.randint(100_000, 899_999)}"
    email = f"post.{n}@{first.lower()}.example"
    company = {
        "id": f"company-{n}",
        "name": name,
        "organisationNumber": organisation,
        "email": email,
        "phone": f"{phone[:2]} {phone[2:4]} {phone[4:6]} {phone[6:]}",
        "visitAddress": {"streetAddress": street, "postCode": zip_, "postalArea": city, "country": "NO"},
    }
    supplier = {"registrationNumber": organisation, "email": email, "phone": f"+47{phone}"}
    supplier |= {"street": street, "zip": zip_, "city": city, "country": "NO"}
    product = {"id": _FIRST_ID + n, "number": f"P-{n}", "name": name, "price": random.randint(100, 9_999)}
    return company, product | {"supplier": supplier}


def _activity(random: Random, n: int) -> tuple[dict[str, Any], dict[str, Any]]:
    subject = f"{random.choice(_WORK)} {_FIRST[n % len(_FIRST)]} {n}"
    begin = datetime(2026, 1, 5, 8, tzinfo=_OSLO) + timedelta(days=random.randrange(300))
    end = begin + timedelta(hours=random.randint(1, 8))
    text = f"As agreed, item {n}"
    activity = {"id": f"activity-{n}", "subject": subject, "description": text}
    activity |= {"startsAt": begin.isoformat(), "endsAt": end.isoformat()}
    project = {"id": _FIRST_ID + n, "number": f"J-{n}", "name": subject, "description": text}
    local = (at.replace(tzinfo=None).isoformat() for at in (begin, end))
    return activity, project | dict(zip(("startTime", "endTime"), local, strict=True))


def crm_contact(id_: str, person: Person, company: str | None) -> dict[str, Any]:
    """A person as the CRM has them: dates in ISO form, an address as an object; what is unknown is left out."""
    address = {
        "streetAddress": person.street,
        "streetAddress2": person.street2,
        "postCode": person.zip,
        "postalArea": person.city,
        "state": person.state,
        "country": "AU",
    }
    row = {
        "id": id_,
        "givenName": person.given,
        "familyName": person.family,
        "birthDate": person.born,
        "nationalId": person.ssn,
        "visitAddress": _known(address),
    }
    return _known(row) | ({"company": {"id": company}} if company else {})


def erp_contact(id_: int, number: str, person: Person, product: int | None) -> dict[str, Any]:
    """A person as the ERP has them: day, month and year with dots."""
    born = ".".join(reversed(person.born.split("-"))) if person.born else ""
    address = {
        "line1": person.street,
        "line2": person.street2,
        "zip": person.zip,
        "city": person.city,
        "region": person.state,
        "country": "AU",
    }
    row = {
        "id": id_,
        "number": number,
        "firstName": person.given,
        "lastName": person.family,
        "born": born,
        "ssn": person.ssn,
        "address": _known(address),
    }
    return _known(row) | ({"productId": product} if product else {})


def _known(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value not in ("", {})}
