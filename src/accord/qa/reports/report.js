// Search and filters, and lines that open where an address names them.
const find = document.getElementById("find");
const all = document.getElementById("show-all");
const choices = document.querySelector(".filters");
const sections = [...document.querySelectorAll("section.pair")].map((section) => ({
  section,
  lines: [...section.querySelectorAll("details")].map((line) => ({ line, text: "" })),
}));

function look() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = choices.querySelector("input:checked").value;
  for (const { section, lines } of sections) {
    let shown = 0;
    for (const each of lines) {
      const { line } = each;
      if (words.length && !each.text) each.text = line.textContent.toLowerCase();
      const is = (!wanted || line.className === wanted) && words.every((word) => each.text.includes(word));
      if (line.hidden === is) line.hidden = !is;
      shown += is;
    }
    section.hidden = !shown;
  }
}

function open() {
  const line = document.getElementById(location.hash.slice(1));
  if (!(line instanceof HTMLDetailsElement)) return;
  all.checked = true;
  find.value = "";
  look();
  line.open = true;
  line.scrollIntoView();
}

choices.addEventListener("input", look);
choices.addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("hashchange", open);
look(); // a browser that went back keeps what was chosen
open();
