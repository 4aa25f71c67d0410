"""The example of GraphQL: CRMOffice's sandbox, and an ERP behind PostGraphile whose people know SQL."""

from pathlib import Path
from typing import Any

from sqlalchemy import text

from accord.testing.connector_contract import Entered
from tests.postgres import open_server
from tests.servers.postgraphile import PostGraphile
from tests.systems.scenario import Scenario
from tests.systems.test_sql import SqlPeople
from tests.systems.test_sql_example import POSTGRES

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "graphql"
COLUMNS = {"firstName": "first_name", "lastName": "last_name", "email": "email", "mobile": "mobile"}


class Clerks(SqlPeople):
    """People at the ERP, with another program."""

    table = "customers"

    def person_create(self, name: str, body: Any) -> Entered:
        """See `People`."""
        return super().person_create(name, {COLUMNS[each]: value for each, value in body.items()})

    def person_edit(self, name: str, record_id: str, changes: Any) -> None:
        """See `People`."""
        super().person_edit(name, record_id, {COLUMNS[each]: value for each, value in changes.items()})

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """See `People`."""
        with self.engine.begin() as db:
            rows = list(db.execute(text("SELECT * FROM customers")).mappings())
        shown = {str(row["id"]): {each: row[column] for each, column in COLUMNS.items()} for row in rows}
        return {"Customer": shown}


def test_the_example_lives_through_it(tmp_path: Path) -> None:
    with open_server() as database:
        people = Clerks(database.url(), POSTGRES)
        with (
            PostGraphile(database) as graph,
            Scenario(
                example=EXAMPLE,
                folder=tmp_path,
                system="erp",
                name="Customer",
                url=graph.url,
                people=people,
                body=lambda n: {
                    "firstName": f"Given {n}",
                    "lastName": f"Text {n}",
                    "email": f"p{n}@example.com",
                },
                key="email",
                text="lastName",
            ) as scenario,
        ):
            scenario.play()
        people.engine.dispose()
