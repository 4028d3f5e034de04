/* Small comforts. Every page works without them. */
"use strict";

// An open menu closes with Escape, or when the focus or a click goes elsewhere.
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details[data-closes][open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("focusin", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[data-closes][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// How many characters are left in a long text.
function count(line) {
  const text = document.getElementById(line.dataset.counts);
  if (!text || text.maxLength < 0) return;
  const show = () => {
    line.textContent = `${text.maxLength - text.value.length} ${line.dataset.words}`;
  };
  text.addEventListener("input", show);
  if (text.value) show();
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-counts]").forEach(count);
});

// A passkey that did not work: say so on the page.
document.addEventListener("allauth.error", (event) => {
  const trouble = document.querySelector("[data-passkey-trouble]");
  if (!trouble) return;
  event.preventDefault();
  trouble.hidden = false;
  trouble.scrollIntoView({ block: "nearest" });
});

// A button that stands outside its form (sorting, the next page) sends its value too.
document.addEventListener("htmx:configRequest", (event) => {
  const asked = event.detail.triggeringEvent;
  const button = asked ? asked.submitter : null;
  if (button && button.name) event.detail.parameters[button.name] = button.value;
});

// Signed out in the meantime, or refused: show that page whole, not inside a list.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answer = event.detail.xhr;
  const asked = new URL(event.detail.pathInfo.requestPath, document.baseURI).pathname;
  const came = answer.responseURL ? new URL(answer.responseURL).pathname : asked;
  const isRefused = answer.status >= 400 && answer.status < 500;
  if (came === asked && !isRefused) return;
  event.detail.shouldSwap = false;
  window.location.replace(window.location.pathname + window.location.search);
});
