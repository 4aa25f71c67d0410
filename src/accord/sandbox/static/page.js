// The page: entity types at the side, a list or a record beside them, and a look at what changed every so often.

import { call, counted, el, hrefOf, number } from "./dom.js";
import { List } from "./list.js";
import { RecordView } from "./record.js";

const EVERY_MS = 1500;
const main = document.getElementById("main");
const nav = document.getElementById("types");
const live = document.getElementById("live");

let types = [];
let view = null;
let running = false;

async function begin() {
  const { ok, data } = await call("GET", "types");
  if (!ok) return retryLater(data.message);
  document.documentElement.style.setProperty("--hue", hueOf(data.system));
  document.getElementById("system").textContent = data.title || data.system;
  document.getElementById("about").textContent = data.description;
  types = data.types.map((type) => ({ ...type, system: data.title || data.system }));
  go();
  look();
  window.addEventListener("hashchange", go);
  document.addEventListener("visibilitychange", look);
  setInterval(look, EVERY_MS);
  return undefined;
}

function retryLater(message) {
  main.replaceChildren(el("p", { class: "alert", role: "alert" }, message));
  setTimeout(begin, EVERY_MS);
}

/** Show what the address names: #/TYPE, #/TYPE?new, #/TYPE/ID. */
function go() {
  const [place, query] = location.hash.replace(/^#\/?/, "").split("?");
  if (place === "main") return main.focus();
  const [name, id] = place.split("/").map(decoded);
  const type = types.find((one) => one.name === name);
  if (!type) {
    location.replace(hrefOf(types[0].name));
    return undefined;
  }
  const first = view === null;
  view = query === "new" || id ? new RecordView(main, type, id || undefined) : new List(main, type);
  document.title = `${view.title.textContent} - ${type.system}`;
  if (!first) view.title.focus();
  listTypes(type);
  return view.refresh();
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function listTypes(current) {
  nav.replaceChildren(el("ul", {}, ...types.map((type) => el("li", {},
    el("a", { href: hrefOf(type.name), "aria-current": type === current ? "page" : null, title: type.description || null },
      el("span", {}, type.name),
      el("span", { class: "count", "data-type": type.name, "aria-label": counted(type.records, "record", "records") }, number(type.records)))))));
}

async function look() {
  if (running || document.hidden || !view) return;
  running = true;
  try {
    const [health] = await Promise.all([call("GET", "health"), view.refresh()]);
    if (health.ok) count(health.data.records);
    const lost = health.status === 0;
    live.classList.toggle("lost", lost);
    const said = lost ? "No answer; trying again" : "Live";
    if (live.textContent !== said) live.textContent = said;
  } finally {
    running = false;
  }
}

function count(records) {
  for (const type of types) {
    if (type.records === records[type.name]) continue;
    type.records = records[type.name];
    const shown = nav.querySelector(`[data-type="${CSS.escape(type.name)}"]`);
    if (!shown) continue;
    shown.textContent = number(type.records);
    shown.setAttribute("aria-label", counted(type.records, "record", "records"));
  }
}

/** A colour of its own for each system, so that two windows are told apart. */
function hueOf(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return sum;
}

begin();
