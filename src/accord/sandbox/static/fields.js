// One field of a record: how a value is entered, and the JSON literal that is sent for it.

import { el, hrefOf, text } from "./dom.js";

const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export class Field {
  constructor(spec, value, quoted) {
    this.spec = spec;
    this.quoted = quoted;
    this.base = asText(spec, value);
    const id = `field-${spec.path}`;
    this.input = makeInput(spec, this.base, id);
    this.link = spec.reference ? el("a", { class: "button" }, "Open") : null;
    this.fault = el("p", { class: "fault", id: `${id}-fault`, hidden: true });
    this.meanwhile = el("p", { class: "meanwhile", hidden: true });
    const hint = hintOf(spec);
    this.row = el("div", { class: "field" },
      el("label", { for: id }, ...breakable(spec.path)),
      el("div", { class: "value" }, this.input, this.link),
      hint ? el("p", { class: "hint", id: `${id}-hint` }, hint) : null,
      this.meanwhile, this.fault);
    this.input.setAttribute("aria-describedby", `${hint ? `${id}-hint ` : ""}${id}-fault`);
    this.input.addEventListener("input", () => this.refer());
    this.refer();
  }

  get touched() {
    return this.input.value !== this.base;
  }

  /** A JSON literal. What can not be one of the type is sent as text: the system says what is wrong with it. */
  literal() {
    const { spec } = this;
    const typed = this.input.value;
    if (typed === "") return "null";
    if (spec.enum.length) return JSON.stringify(spec.enum.find((one) => String(one) === typed) ?? typed);
    if (spec.type === "boolean") return typed;
    if (["integer", "decimal", "float"].includes(spec.type) && !this.quoted && NUMBER.test(typed.trim())) return typed.trim();
    if (["list", "object"].includes(spec.type) && isJson(typed)) return typed;
    return JSON.stringify(typed);
  }

  /** The system holds this now: it is shown where nobody is typing, else told beside it. */
  takes(value, quoted) {
    const now = asText(this.spec, value);
    if (now === this.base) return false;
    const typing = this.touched && this.input.value !== now;
    this.base = now;
    this.quoted = quoted;
    this.meanwhile.hidden = !typing;
    this.meanwhile.textContent = typing ? `Changed meanwhile, to: ${now || "(blank)"}` : "";
    if (!typing) {
      setValue(this.input, now);
      this.row.classList.remove("fresh");
      void this.row.offsetWidth; // so that the animation begins anew
      this.row.classList.add("fresh");
    }
    this.refer();
    return true;
  }

  saved() {
    this.meanwhile.hidden = true;
    this.row.classList.remove("fresh");
    this.refuse("");
  }

  refuse(message) {
    this.fault.textContent = message;
    this.fault.hidden = !message;
    if (message) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  refer() {
    if (!this.link) return;
    this.link.hidden = this.input.value === "";
    this.link.href = hrefOf(this.spec.reference, this.input.value);
    this.link.setAttribute("aria-label", `Open ${this.spec.reference} ${this.input.value}`);
  }
}

function asText(spec, value) {
  if (value === null || value === undefined) return "";
  return spec.type === "boolean" && !spec.enum.length ? String(value) : String(spec.enum.length ? value : text(value));
}

function makeInput(spec, value, id) {
  const common = { id, name: spec.path, autocomplete: "off", spellcheck: "false", "aria-required": spec.required ? "true" : null };
  if (spec.enum.length) return select(common, spec.enum.map((one) => [String(one), String(one)]), value);
  if (spec.type === "boolean") return select(common, [["true", "yes"], ["false", "no"]], value);
  const long = ["list", "object"].includes(spec.type) || value.includes("\n") || value.length > 60;
  const kind = spec.type === "date" && (value === "" || DAY.test(value)) ? "date" : "text";
  const mode = spec.type === "integer" ? "numeric" : ["decimal", "float"].includes(spec.type) ? "decimal" : null;
  const input = long ? el("textarea", common) : el("input", { ...common, type: kind, inputmode: mode });
  input.value = value;
  return input;
}

function select(common, choices, value) {
  const known = choices.some(([choice]) => choice === value) || value === "";
  const all = [["", "(blank)"], ...choices, ...(known ? [] : [[value, value]])];
  const made = el("select", common, ...all.map(([choice, shown]) => el("option", { value: choice }, shown)));
  made.value = value;
  return made;
}

function setValue(input, value) {
  if (input.tagName === "SELECT" && ![...input.options].some((option) => option.value === value)) {
    input.append(el("option", { value }, value));
  }
  if (input.type === "date" && value !== "" && !DAY.test(value)) input.type = "text";
  input.value = value;
}

/** A path that may be broken at its dots. */
function breakable(path) {
  return path.split(".").flatMap((name, at) => (at ? [".", el("wbr"), name] : [name]));
}

function hintOf(spec) {
  const parts = [];
  if (spec.description) parts.push(spec.description.replace(/\.$/, ""));
  if (spec.type === "datetime") {
    parts.push(spec.zone ? `local time in ${spec.zone}: 2024-09-10T15:43:43` : "with offset or Z: 2024-09-10T15:43:43Z");
  } else if (!["string", "boolean", "date"].includes(spec.type)) parts.push(spec.type);
  if (spec.required) parts.push("required");
  if (spec.default !== null) parts.push(`${text(spec.default)} where nothing is entered`);
  if (spec.unique) parts.push("unique");
  if (spec.max_length) parts.push(`at most ${spec.max_length} characters`);
  if (spec.scale !== null) parts.push(`${spec.scale} digits after the point`);
  if (spec.reference) parts.push(`id of a record of ${spec.reference}`);
  if (spec.create_only) parts.push("the API sets it when a record is created, and never again");
  if (spec.read_only) parts.push("people and the system only: the API can not write it");
  return parts.join("; ");
}

function isJson(typed) {
  try {
    JSON.parse(typed);
    return true;
  } catch {
    return false;
  }
}
