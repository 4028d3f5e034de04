/* A session that ends while somebody types: warn in time, and lose nothing. Works beside the
   server's own answer (access/kept.py), which gives the text back without any script. */
"use strict";

const WARN = 120; // seconds before the end
const LONGEST = 2 ** 31 - 1; // milliseconds that a browser can wait
const body = document.body;

// What the server says: seconds left, who is signed in, the token that a form needs now.
async function ask(method) {
  const how = { method, credentials: "same-origin" };
  if (method === "POST") {
    how.body = new URLSearchParams({ csrfmiddlewaretoken: body.dataset.token });
  }
  const answer = await fetch(body.dataset.session, how);
  if (!answer.ok) throw new Error("no answer");
  const said = await answer.json();
  if (said.person === body.dataset.person) body.dataset.token = said.token;
  return said;
}

function isStillMe(said) {
  return said.person !== "" && said.person === body.dataset.person;
}

// One notice at a time, at the foot of the window: `session-ending`, `session-over`, ...
function show(name) {
  hide();
  const note = document.getElementById(name).content.firstElementChild.cloneNode(true);
  note.id = "session-note";
  body.append(note);
  return note;
}

function hide() {
  const note = document.getElementById("session-note");
  if (note) note.remove();
}

let waiting = 0;

function wait(seconds) {
  window.clearTimeout(waiting);
  waiting = window.setTimeout(look, Math.min(Math.max(seconds, 1) * 1000, LONGEST));
}

async function look() {
  try {
    const said = await ask("GET");
    if (!isStillMe(said)) show("session-over");
    else if (said.seconds > WARN) wait(said.seconds - WARN);
    else {
      if (!document.querySelector("#session-note[data-ending]")) warn();
      wait(said.seconds + 1);
    }
  } catch {
    wait(WARN / 4);
  }
}

function warn() {
  const note = show("session-ending");
  note.querySelector("button").addEventListener("click", async () => {
    try {
      const said = await ask("POST");
      if (!isStillMe(said)) return void show("session-over");
      hide();
      wait(said.seconds - WARN);
    } catch {
      show("session-unreached");
    }
  });
}

// Before a form with words is sent: is there still somebody to send it as?
const CHECKED = new WeakSet();
const ASKING = new WeakSet();

function holdsWords(form) {
  return [...form.elements].some(
    (field) =>
      field.name === "keep" ||
      (field.matches("textarea, input[type=text], input:not([type])") && field.value.trim()),
  );
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post") || !holdsWords(form)) return;
  if (CHECKED.delete(form)) return;
  event.preventDefault();
  if (ASKING.has(form)) return;
  ASKING.add(form);
  const sender = event.submitter;
  try {
    const said = await ask("GET");
    if (!isStillMe(said)) return void show("session-over").querySelector("a").focus();
    form.elements.csrfmiddlewaretoken.value = said.token;
  } catch {
    return void show("session-unreached");
  } finally {
    ASKING.delete(form);
  }
  hide();
  CHECKED.add(form);
  form.requestSubmit(sender);
});

wait(Number(body.dataset.seconds) - WARN);
