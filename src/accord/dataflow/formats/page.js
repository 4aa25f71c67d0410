// Search: rows that bear all words, or whose pair's heading does; and those alone that did not pass.
const find = document.getElementById("find");
const open = document.getElementById("open");
const found = document.getElementById("found");
const pairs = [...document.querySelectorAll("section.pair")].map((pair) => ({
  pair,
  said: pair.querySelector("h3").textContent.toLowerCase(),
  rows: [...pair.querySelectorAll("table.rows tbody tr")].map((row) => [row, row.textContent.toLowerCase()]),
}));
function search() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const only = Boolean(open && open.checked);
  const narrowed = words.length > 0 || only;
  let shown = 0;
  for (const { pair, said, rows } of pairs) {
    let here = 0;
    for (const [row, text] of rows) {
      const fits = words.every((word) => text.includes(word) || said.includes(word))
        && !(only && !row.querySelector(".checked a:not(.passed), .never"));
      row.classList.toggle("unfound", !fits);
      here += fits;
    }
    const named = !only && words.every((word) => said.includes(word));
    const failing = only && pair.querySelector("a.failed, a.not_checked") !== null && words.every((word) => said.includes(word));
    pair.classList.toggle("unfound", narrowed && here === 0 && !named && !failing);
    shown += here;
  }
  document.body.classList.toggle("narrowed", narrowed);
  found.textContent = narrowed ? `${shown} ${shown === 1 ? "row" : "rows"} found` : "";
}
find.addEventListener("input", search);
if (open) open.addEventListener("change", search);
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
search();
