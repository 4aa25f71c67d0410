// One record: its fields, what the system says of them, and what changes while one looks. Also a new one.

import { call, clock, el, hrefOf, pathOf, tell, text } from "./dom.js";
import { Field } from "./fields.js";

export class RecordView {
  constructor(main, type, id) {
    this.type = type;
    this.id = id; // undefined: a new record
    this.main = main;
    this.title = el("h1", { tabindex: -1 }, id === undefined ? `New record of ${type.name}` : `${type.name} ${id}`);
    this.alert = el("div", { class: "alert", role: "alert", hidden: true });
    this.body = el("div", { class: "sheet" });
    this.fields = null;
    this.raw = "";
    main.replaceChildren(
      el("div", { class: "bar" }, this.title, el("a", { class: "button", href: hrefOf(type.name) }, "All records")),
      this.alert, this.body,
    );
    if (id === undefined) this.build({ values: {}, quoted: [] });
  }

  async refresh() {
    if (this.id === undefined) return { ok: true };
    const answer = await call("GET", `view/${pathOf(this.type.name, this.id)}`);
    const raw = JSON.stringify(answer.data);
    if (answer.status === 0 || raw === this.raw) return answer;
    this.raw = raw;
    if (!answer.ok) this.gone(answer.data.message, false);
    else if (answer.data.deleted) this.gone("This record is deleted.", true);
    else this.show(answer.data);
    return answer;
  }

  show(item) {
    if (!this.fields) this.build(item);
    const moved = [];
    for (const field of this.fields) {
      const { path } = field.spec;
      if (field.takes(item.values[path], item.quoted.includes(path))) moved.push(path);
    }
    if (moved.length) tell(`Changed in the system: ${moved.join(", ")}`);
    this.facts.replaceChildren(...this.type.properties.filter(({ stamped }) => stamped).flatMap(({ path }) =>
      [el("dt", {}, path), el("dd", {}, text(item.values[path]))]),
      el("dt", {}, "last change"), el("dd", {}, clock(item.changed)));
  }

  build(item) {
    this.complain("");
    const specs = this.type.properties.filter(({ stamped }) => !stamped);
    this.fields = specs.map((spec) => new Field(spec, item.values[spec.path], item.quoted.includes(spec.path)));
    this.facts = el("dl", { class: "facts" });
    const fresh = this.id === undefined;
    const acts = el("div", { class: "acts" },
      el("button", { class: "main", type: "submit" }, fresh ? "Create" : "Save"),
      el("button", { type: "button", onclick: () => this.reset() }, "Undo typing"),
      el("span", { class: "gap" }),
      fresh ? null : el("button", { class: "risk", type: "button", onclick: () => this.ask() }, "Delete…"));
    this.body.replaceChildren(el("form", { novalidate: true, onsubmit: (event) => this.save(event) },
      ...this.fields.map((field) => field.row), this.facts, acts));
  }

  reset() {
    for (const field of this.fields) {
      field.input.value = field.base;
      field.saved();
      field.refer();
    }
    this.complain("");
  }

  async save(event) {
    event.preventDefault();
    const touched = this.fields.filter((field) => field.touched);
    if (!touched.length && this.id !== undefined) return tell("Nothing was typed.");
    const literals = touched.map((field) => `${JSON.stringify(field.spec.path)}:${field.literal()}`);
    const method = this.id === undefined ? "POST" : "PATCH";
    const answer = await call(method, `records/${pathOf(this.type.name, this.id)}`, `{${literals.join(",")}}`);
    for (const field of this.fields) field.refuse("");
    if (!answer.ok) return this.refused(answer.data);
    this.complain("");
    if (this.id === undefined) {
      const made = this.type.made_id.split(".").reduce((node, name) => node?.[name], answer.data);
      location.hash = hrefOf(this.type.name, String(made));
      return tell("Created.");
    }
    for (const field of touched) {
      field.base = field.input.value;
      field.saved();
    }
    await this.refresh();
    return tell("Saved.");
  }

  /** Each complaint at its field, the others and a summary above. */
  refused({ message, refused = [] }) {
    const first = [];
    for (const { property, message: why } of refused) {
      const field = this.fields.find(({ spec }) => spec.path === property);
      if (!field) continue;
      field.refuse(`${property} ${why}`);
      first.push(field);
    }
    this.complain(`${this.type.system} refuses: ${message}`);
    first[0]?.input.focus();
  }

  complain(message, ...more) {
    this.alert.replaceChildren(message, ...more);
    this.alert.hidden = !message;
  }

  gone(message, deleted) {
    this.body.replaceChildren();
    this.fields = null;
    const back = el("button", { type: "button", onclick: () => this.restore() }, "Put it back");
    this.complain(message, ...(deleted ? [" ", back] : []));
  }

  ask() {
    const dialog = el("dialog", { "aria-label": "Delete", onclose: () => dialog.remove() },
      el("p", {}, `Delete ${this.type.name} ${this.id} in ${this.type.system}?`),
      el("div", { class: "acts" },
        el("button", { class: "risk", type: "button", onclick: () => { dialog.close(); this.remove(); } }, "Delete"),
        el("button", { type: "button", onclick: () => dialog.close() }, "Keep")));
    document.body.append(dialog);
    dialog.showModal();
  }

  async remove() {
    const answer = await call("DELETE", `records/${pathOf(this.type.name, this.id)}`);
    if (!answer.ok) return this.refused(answer.data);
    await this.refresh();
    this.title.focus();
    return tell("Deleted.");
  }

  async restore() {
    const answer = await call("POST", `records/${pathOf(this.type.name, this.id)}/restore`);
    if (!answer.ok) return this.complain(answer.data.message);
    await this.refresh();
    this.title.focus();
    return tell("It is back.");
  }
}
