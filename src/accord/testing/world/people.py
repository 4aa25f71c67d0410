"""What people do in the systems: few ids and few values, so that they meet."""

from collections.abc import Callable, Iterable
from operator import itemgetter
from random import Random
from typing import Any

from msgspec import Struct, field

from accord.core.model import NoReferences
from accord.core.values import MISSING, Value
from accord.testing.system_model import Answer, Stored, SystemModel
from accord.testing.world.forms import Field, Form, pick, raw_for
from accord.testing.world.watch import WatchedRecords

__all__ = ["People"]

ALWAYS = 2**40
NOBODY = NoReferences()


class People(Struct, kw_only=True):
    """Somebody does something somewhere. In a strict world only the property of that name is edited, and no value is
    typed twice (M3). `name_of` tells by what name, in order, people look a record up; `restores`: they bring back what
    was deleted."""

    random: Random
    forms: dict[str, Form]
    models: dict[str, SystemModel]
    records: dict[str, WatchedRecords]
    tell: Callable[[str], None]
    strict: str = ""
    acting: bool = False
    count: int = 0
    name_of: Callable[[tuple[str, str]], str] = itemgetter(1)
    restores: bool = True
    done: dict[str, int] = field(default_factory=dict)

    def enter(self) -> None:
        """Somebody enters a record; one that others refer to, as often as not."""
        forms = [form for _, form in sorted(self.forms.items())]
        wanted = {f.target for form in forms for f in form.fields if f.target}
        targets = [form for form in forms if form.type in wanted]
        self._create(self.random.choice(targets if targets and self.random.random() < 0.4 else forms))

    def act(self, *, settled: bool = False) -> None:
        """One act of one person in one system. `settled`: of a strict world, where no records come or go any more."""
        if settled:
            self._edit_strictly()
        elif self.strict:
            self.enter()
        else:
            self.act_on(self.forms[self.random.choice(sorted(self.forms))])

    def act_on(self, form: Form) -> None:
        """One act of one person in one entity type."""
        ids = self.ids(form)
        dice = self.random.random()
        if not ids or dice < 0.15:
            self._create(form)
        elif dice < 0.26:
            self._come_or_go(form, ids)
        else:
            self.edit(form, self.random.choice(ids))

    def ids(self, form: Form) -> list[str]:
        """Ids of the records that are there."""
        return self._in_order(form, self.records[form.system].page(form.name, "live", 0, 0, ALWAYS))

    def edit(self, form: Form, id_: str) -> None:
        """Somebody edits a record, or puts back what stood there before."""
        if self.strict:
            self._type_once(form, id_)
            return
        free = [f for f in form.fields if not f.identifying] or list(form.fields)
        changes: dict[str, Any] = {}
        for each in self.random.sample(free, min(len(free), self.random.choice([1, 1, 2]))):
            blank = not each.required and self.random.random() < 0.1
            self._put(form, id_, each, None if blank else self._value(form, id_, each), changes)
        fixed = [f for f in form.fields if f.identifying]
        if fixed and self.random.random() < 0.05:
            each = self.random.choice(fixed)
            self._put(form, id_, each, self._value(form, id_, each), changes)
        if form.extras and self.random.random() < 0.1:
            self._extra(form, changes)
        earlier = self.records[form.system].earlier(form.name, id_)
        if earlier and self.random.random() < 0.08:
            self._put_back(form, self.random.choice(free), self.random.choice(earlier), changes)
        if changes:
            self._do(form, "edit", id_, changes)

    def strange(self, form: Form, body: dict[str, Any]) -> None:
        """Somebody enters the very thing that the hub is about to create: it bears the same keys."""
        own = self._new(form)
        for each in form.fields:
            if each.identifying and (raw := each.row.place.read(body)) not in (MISSING, None):
                each.row.place.write(own, raw, None)
        self._do(form, "create", "", own)

    # inside

    def _in_order(self, form: Form, table: Iterable[Stored]) -> list[str]:
        return sorted((stored.id for stored in table), key=lambda id_: self.name_of((form.type, id_)))

    def _create(self, form: Form) -> None:
        self._do(form, "create", "", self._new(form))

    def _come_or_go(self, form: Form, ids: list[str]) -> None:
        table = self.records[form.system].page(form.name, "dead", 0, 0, ALWAYS)
        dead = self._in_order(form, (stored for stored in table if not stored.successor))
        dice = self.random.random()
        if dead and self.restores and dice < 0.25:
            self._do(form, "restore", self.random.choice(dead), {})
        elif len(ids) > 1 and dice > 0.8:
            loser, winner = self.random.sample(ids, 2)
            self._merge(form, loser, winner)
        else:
            self._do(form, "delete", self.random.choice(ids), {})

    def _merge(self, form: Form, loser: str, winner: str) -> None:
        """Two records become one, by the system's own means, or by hand: one is filled up, the other one deleted."""
        if self.random.random() < 0.7:
            self._do(form, "merge", loser, {"into": winner})
            return
        kept, gone = self._body(form, winner), self._body(form, loser)
        missing: dict[str, Any] = {}
        for each in form.fields:
            raw = each.row.place.read(gone)
            if raw not in (MISSING, None) and each.row.place.read(kept) in (MISSING, None):
                each.row.place.write(missing, raw, kept)
        if missing:
            self._do(form, "edit", winner, missing)
        self._do(form, "delete", loser, {})

    def _edit_strictly(self) -> None:
        """Somebody edits the one property of a strict world."""
        forms = [
            form for _, form in sorted(self.forms.items()) if self._strict_fields(form) and self.ids(form)
        ]
        if forms:
            form = self.random.choice(forms)
            self._type_once(form, self.random.choice(self.ids(form)))

    def _strict_fields(self, form: Form) -> list[Field]:
        """The property, or the parts of the group, that is edited in a strict world."""
        return [f for f in form.fields if f"{form.concept}.{f.group or f.name}" == self.strict]

    def _type_once(self, form: Form, id_: str) -> None:
        some, changes = self._strict_fields(form), dict[str, Any]()
        if some:
            each = some[0] if len(some) == 1 else self.random.choice(some)
            self._put(form, id_, each, each.once(self._next()), changes)
            self._do(form, "edit", id_, changes)

    def _next(self) -> int:
        self.count += 1
        return self.count

    def _value(self, form: Form, id_: str, each: Field) -> Value:
        """A value to type; None where there is nothing that it could refer to."""
        if each.target:
            there = self.ids(self.forms[each.target]) if each.target in self.forms else []
            return self.random.choice(there) if there else None
        if each.type.element is not None and id_:
            return self._element(form, id_, each)
        return pick(each, self.random, self._next())

    def _element(self, form: Form, id_: str, each: Field) -> Value:
        """What stands there with one element more, or one less."""
        try:
            now = each.row.lens.get(each.row.place.read(self._body(form, id_)), NOBODY)
        except ValueError:
            now = None
        now = list(now) if isinstance(now, list) else []
        if now and self.random.random() < 0.4:
            now.remove(self.random.choice(now))
        else:
            now += pick(each, self.random, self._next()) or []
        return each.type.canonical(now)

    def _put(self, form: Form, id_: str, each: Field, value: Value, changes: dict[str, Any]) -> None:
        if value is None and (each.required or not id_):
            return
        raw = None if value is None else raw_for(each, value)
        if raw is not MISSING:
            each.row.place.write(changes, raw, self._body(form, id_) if id_ else None)

    def _put_back(self, form: Form, each: Field, earlier: dict[str, Any], changes: dict[str, Any]) -> None:
        raw = each.row.place.read(earlier)
        if raw is not MISSING and not (each.required and raw is None):
            changes.clear()
            each.row.place.write(changes, raw, None)

    def _body(self, form: Form, id_: str) -> dict[str, Any]:
        found = self.records[form.system].get(form.name, id_)
        return found.body if found is not None else {}

    def _extra(self, form: Form, changes: dict[str, Any]) -> None:
        path = self.random.choice(sorted(form.extras))
        spec = form.extras[path]
        if spec.enum:
            changes[path] = self.random.choice(spec.enum)
        elif spec.type == "string":
            changes[path] = f"{path[0]}{self._next()}"
        elif spec.type == "boolean":
            changes[path] = self.random.random() < 0.5

    def _new(self, form: Form) -> dict[str, Any]:
        body: dict[str, Any] = {}
        for each in form.fields:
            wanted = 0.5 if each.target else 0.8 if each.identifying else 0.7
            if each.required or self.random.random() < wanted:
                self._put(form, "", each, self._value(form, "", each), body)
        for path, spec in form.extras.items():
            if spec.enum:
                body[path] = self.random.choice(spec.enum)
            elif spec.type == "string":
                body[path] = f"{path[0]}{self._next()}"
        return body

    def _do(self, form: Form, what: str, id_: str, body: dict[str, Any]) -> None:
        model = self.models[form.system]
        model.settle_down()  # what lands late now is not a person's
        self.acting = True
        try:
            answer = self._done(model, form.name, what, id_, body)
        finally:
            self.acting = False
        if answer.ok:
            self.done[f"person {what}"] = self.done.get(f"person {what}", 0) + 1
        self.tell(f"person {what} {form.type}/{answer.id or id_} {body} -> {answer.status}")

    def _done(self, model: SystemModel, name: str, what: str, id_: str, body: dict[str, Any]) -> Answer:
        if what == "create":
            return model.person_create(name, body)
        if what == "edit":
            return model.person_edit(name, id_, body)
        if what == "merge":
            return model.person_merge(name, id_, body["into"])
        return model.person_restore(name, id_) if what == "restore" else model.person_delete(name, id_)
