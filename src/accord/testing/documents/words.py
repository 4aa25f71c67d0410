"""The words of invented documents: systems with their spellings, entity types, paths, values, prose."""

from typing import Final

__all__ = ["CREATED", "FACETS", "FOREIGN", "PATHS", "PROSE", "SYSTEMS", "TYPES", "TYPE_WORDS", "VALUES"]

SYSTEMS: Final[tuple[tuple[str, str], ...]] = (
    ("Tidewater", "Tidewater"),
    ("Fjordbase.io", "Fjordbase"),
    ("PayKite", "Paykite"),
    ("Kontor Sky", "Kontor Sky"),
    ("Kontor-Nord", "KontorNord"),
    ("24Ledger", "24Ledger"),
    ("Blåbær ERP", "Blåbær ERP"),
    ("Track-to-Trace", "Track-to-Trace"),
    ("", ""),
)
"""Names in titles, and as the rest of a document spells them."""

TYPES: Final = (
    "Contact",
    "Customer",
    "Customer person",
    "Deal",
    "Order",
    "order",
    "Order line",
    "Contactcompanyassociation",
    "project-task",
    "Order to cash",
    "Løyve",
    "crm.company",
)

FACETS: Final = ("", "", "", "", "human", "organisation", "classification", "location", "product")

PATHS: Final = (
    "name",
    "id",
    "email",
    "phone",
    "mobile",
    "Name",
    "Emails.Value",
    "Emails.Type",
    "Emails",
    "deliveryAddress.country.id",
    "deliveryAddress.city",
    "deliveryAddress",
    "variants.sku",
    "variants.stock.onHand",
    "associations.company.id",
    "$etag",
    "$ref.id",
    "sesam_parent",
    "sesam_meta.origin.system.id",
    "country",
    "fødselsdato",
    "custom_fields.42",
    "is-active",
    "amount",
    "externalId",
)

VALUES: Final = ("NO", "wd:Q17517", "", "made in Norway", "1", "true", "Work (day)", "a, b")

TYPE_WORDS: Final = ("string", "string", "string", "string", "integer", "float", "boolean", "")

PROSE: Final = (
    "A deal that has a 100% probability of beeing sold",
    "A user of type Agent",
    "Left out for now, until the suppliers are told apart",
    "Customers, unless somebody says otherwise",
)

CREATED: Final = (
    "deal",
    "order",
    "Customer",
    "fjord:invoice-line",
    "Order line",
    "product-7",
    "Q17517",
    "løyve",
)

FOREIGN: Final = (
    "Nobody knows this sentence.",
    "It, however, will not.",
    "Every now and then somebody adds a remark",
    "TODO: ask the other team (they know)",
)
