// Search, and lines that open where an address names them. The filters by outcome are the style sheet's.
const find = document.getElementById("find");
const lines = [...document.querySelectorAll("details")].map((line) => [line, line.textContent.toLowerCase()]);
function search() {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const [line, text] of lines) line.classList.toggle("unfound", !words.every((word) => text.includes(word)));
}
find.addEventListener("input", search);
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
function open() {
  const line = document.getElementById(location.hash.slice(1));
  if (line instanceof HTMLDetailsElement) {
    document.getElementById("show-all").checked = true;
    find.value = "";
    search();
    line.open = true;
    line.scrollIntoView();
  }
}
window.addEventListener("hashchange", open);
open();
