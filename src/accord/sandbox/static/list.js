// The records of an entity type: newest change first, searched, paged, refreshed while one looks.

import { call, clock, counted, el, hrefOf, number, pathOf, tell, text } from "./dom.js";

const SIZE = 25;
const FRESH_MS = 8000;

export class List {
  constructor(main, type) {
    this.type = type;
    this.skip = 0;
    this.find = "";
    this.raw = "";
    this.known = null; // id -> values as last shown; null: nothing was shown yet
    this.fresh = new Map();
    this.columns = new Set();
    this.title = el("h1", { tabindex: -1 }, type.name);
    const search = el("input", { type: "search", name: "find", autocomplete: "off", oninput: () => this.search(search.value) });
    this.sheet = el("div", { class: "sheet", tabindex: 0, role: "region", "aria-label": `Records of ${type.name}` });
    this.before = el("button", { type: "button", onclick: () => this.turn(-SIZE) }, "Newer");
    this.after = el("button", { type: "button", onclick: () => this.turn(SIZE) }, "Older");
    this.where = el("span", {});
    main.replaceChildren(
      el("div", { class: "bar" }, this.title, el("label", {}, "Search", search),
        el("a", { class: "button main", href: `${hrefOf(type.name)}?new` }, "New record")),
      this.sheet,
      el("div", { class: "pages" }, this.before, this.after, this.where),
    );
  }

  async search(find) {
    this.find = find;
    this.skip = 0;
    this.known = null;
    await this.refresh();
  }

  async turn(by) {
    this.skip = Math.max(0, this.skip + by);
    this.known = null;
    await this.refresh();
  }

  async refresh() {
    const asked = `${this.find} ${this.skip}`;
    const query = new URLSearchParams({ find: this.find, skip: this.skip, limit: SIZE });
    const answer = await call("GET", `view/${pathOf(this.type.name)}?${query}`);
    if (!answer.ok || asked !== `${this.find} ${this.skip}`) return answer;
    if (this.skip && this.skip >= answer.data.total) {
      this.skip = Math.max(0, Math.floor((answer.data.total - 1) / SIZE) * SIZE);
      return this.refresh();
    }
    const raw = asked + JSON.stringify(answer.data);
    if (raw !== this.raw) {
      this.raw = raw;
      this.show(answer.data);
    }
    return answer;
  }

  show({ total, items }) {
    const changed = this.mark(items);
    for (const { values } of items) {
      for (const { path } of this.type.properties) if (text(values[path]) !== "") this.columns.add(path);
    }
    const columns = this.type.properties.filter(({ path, stamped }) => !stamped && this.columns.has(path));
    const held = document.activeElement?.closest?.("tr")?.dataset.id;
    this.sheet.replaceChildren(items.length ? this.table(columns, items) : el("p", { class: "none" },
      this.find ? `No record holds “${this.find}”.` : "There is no record yet."));
    if (held !== undefined) this.sheet.querySelector(`tr[data-id="${CSS.escape(held)}"] a`)?.focus();
    this.before.disabled = this.skip === 0;
    this.after.disabled = this.skip + items.length >= total;
    const range = items.length ? `${number(this.skip + 1)} to ${number(this.skip + items.length)} of ` : "";
    this.where.textContent = `${range}${counted(total, "record", "records")}, last changed first`;
    if (changed) tell(counted(changed, "record changed", "records changed"));
  }

  /** Notes what differs from what was shown last; how many records that are. */
  mark(items) {
    const now = Date.now();
    const before = this.known;
    this.known = new Map(items.map((item) => [item.id, item.values]));
    let changed = 0;
    for (const item of before ? items : []) {
      const old = before.get(item.id);
      const paths = this.type.properties.filter((p) => !p.stamped && text(old?.[p.path]) !== text(item.values[p.path]));
      // a record that another one's leaving brought onto the page is no news
      if (!paths.length || (!old && Date.parse(item.changed) < now - FRESH_MS)) continue;
      changed += 1;
      for (const { path } of paths) this.fresh.set(`${item.id} ${path}`, now);
    }
    return changed;
  }

  table(columns, items) {
    const heads = [this.type.id, ...columns.map(({ path }) => path), "changed"];
    const rows = items.map((item) => el("tr", { "data-id": item.id },
      el("td", {}, el("a", { href: hrefOf(this.type.name, item.id) }, item.id)),
      ...columns.map((spec) => this.cell(item, spec)),
      el("td", {}, clock(item.changed))));
    return el("table", {},
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, ...rows));
  }

  cell(item, { path, type }) {
    const fresh = Date.now() - (this.fresh.get(`${item.id} ${path}`) ?? 0) < FRESH_MS ? "fresh" : "";
    const kind = ["integer", "decimal", "float"].includes(type) ? "number" : "";
    const shown = text(item.values[path]);
    return el("td", { class: `${kind} ${fresh}`.trim() || null, "data-path": path, title: shown.length > 30 ? shown : null }, shown);
  }
}
