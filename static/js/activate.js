/* The link on a letter carries its code behind the #, which no server sees: into the field with it,
   and out of the address and the history. Without this script the code is typed. */
"use strict";

const field = document.querySelector("[data-code] input[name=code]");
const code = decodeURIComponent(window.location.hash.slice(1)).trim();

if (field && code && !field.value) {
  field.value = code;
  window.history.replaceState(null, "", window.location.pathname);
  field.form.querySelector("button[type=submit]").focus();
}
