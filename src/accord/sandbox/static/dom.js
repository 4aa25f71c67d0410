// Elements, calls and places. Text reaches the page as text nodes and attributes alone, never as markup.

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** Status and answer of a call of people's door; status 0: there was none. */
export async function call(method, path, body) {
  try {
    const response = await fetch(`/_sandbox/${path}`, { method, body, cache: "no-store" });
    return { status: response.status, ok: response.ok, data: await response.json() };
  } catch {
    return { status: 0, ok: false, data: { message: "The sandbox does not answer." } };
  }
}

export const pathOf = (type, id) =>
  encodeURIComponent(type) + (id === undefined ? "" : `/${encodeURIComponent(id)}`);

export const hrefOf = (type, id) => `#/${pathOf(type, id)}`;

/** How a value is shown: "" for none. */
export const text = (value) => (value === null || value === undefined ? "" : value === true ? "yes" : value === false ? "no" : value);

let silence = 0;

/** Tell something, on the screen for a while and to screen readers. */
export function tell(message, button) {
  const told = document.getElementById("told");
  told.replaceChildren(message, ...(button ? [" ", button] : []));
  clearTimeout(silence);
  silence = setTimeout(() => told.replaceChildren(), button ? 20000 : 6000);
}

export const number = (count) => count.toLocaleString("en");
export const counted = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;
export const clock = (iso) => (iso ? new Date(iso).toLocaleString("sv") : "");
