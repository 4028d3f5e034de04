/* A message is read as soon as it is chosen; its file stays chosen, so that saving sends it along.
   Without this file the button reads it. Every sentence stands in the page. */

const form = document.querySelector("form[data-message]");
const said = form.querySelector("[data-said]");
const place = form.querySelector("[data-note]");
let latest = 0;

async function read() {
  const turn = ++latest;
  said.textContent = said.dataset.reading;
  const body = new FormData(form);
  body.set("do", "read");
  const found = await ask(body);
  if (turn !== latest) return; // another message was chosen meanwhile
  said.textContent = found ? said.dataset.done : said.dataset.lost;
  if (!found) return;
  const opinion = form.querySelector("[name=opinion]")?.value;
  place.replaceChildren(document.importNode(found, true));
  if (opinion) form.querySelector("[name=opinion]").value = opinion;
  const mistakes = place.querySelector(".error-summary");
  if (mistakes) said.textContent = "";
  (mistakes ?? place.querySelector("[name=title]")).focus();
}

async function ask(body) {
  try {
    const how = { method: "POST", body, headers: { "HX-Request": "true" } };
    const answer = await fetch(form.action, how);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-note-form]");
  } catch {
    return null; // no connection: the sentence says so
  }
}

// Dropped anywhere on the form it is chosen; beside it, the browser would leave the page for it.
function listenForDrops(input) {
  const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => holdsFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (!form.contains(event.target) || !event.dataTransfer.files.length) return;
    const chosen = new DataTransfer();
    chosen.items.add(event.dataTransfer.files[0]);
    input.files = chosen.files;
    read();
  });
}

form.classList.add("is-enhanced");
listenForDrops(form.querySelector("[name=message]"));
form.querySelector("[name=message]").addEventListener("change", (event) => {
  if (event.target.files.length) read();
});
form.querySelector("[data-read]").addEventListener("click", (event) => {
  event.preventDefault();
  read();
});
