"""The project of two small systems whose create rules and switches are to be chosen."""

__all__ = ["project"]

COMPANIES = """    from: crm.Company
    to: erp.Company
    create: {{forward: {forward}, backward: always}}
    match: [[[name, name]]]
    rows:
      - [name, name]
      - [city, city]
      - [parent, parent]
"""
PEOPLE = """    from: crm.Person
    to: erp.Person
    create: {{forward: {forward}, backward: always}}
    match: [[[email, email]]]
    rows:
      - [name, name]
      - [email, email]
      - [company, company]
"""


def project(*, companies="always", people="always", crm="", erp="", guards=""):
    """Two systems; `companies` and `people` are how they are created in the ERP, `crm` and `erp` settings of these."""
    return (
        "version: 1\nname: office\n"
        + (f"guards: {guards}\n" if guards else "")
        + f"systems:\n  crm: {{connector: crm.yaml, priority: 2{crm}}}\n"
        f"  erp: {{connector: erp.yaml, priority: 1{erp}}}\npairs:\n"
        + "  -" + COMPANIES.format(forward=companies)[3:]
        + "  -" + PEOPLE.format(forward=people)[3:]
    )  # fmt: skip
