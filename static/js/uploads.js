/* Files are sent one by one, with progress, from a plain form that also works without this.
   Every sentence stands in the page (templates/components/upload_row.html). */

import { Row } from "./upload_row.js";

const AT_ONCE = 2;
const TRIES_WHILE_BUSY = 6;
const TO_SEND = ["waiting", "lost", "unsure", "signed_out", "broken", "busy", "cancelled"];
const UNDER_WAY = ["queued", "waits", "sending", "checking", "kept"];
class Uploads {
  constructor(form) {
    this.form = form;
    this.rows = [];
    this.running = new Map();
    this.atOnce = AT_ONCE;
    this.tokenIsOld = false;
    const find = (name) => form.querySelector(`[data-${name}]`);
    this.list = find("list");
    this.template = find("row");
    this.paper = find("paper");
    this.said = find("said");
    this.nothing = find("nothing");
    this.done = find("done");
    this.drop = find("drop");
    this.ways = form.querySelector(".form-actions");
    const limits = find("limits").dataset;
    this.most = { file: Number(limits.fileBytes), request: Number(limits.requestBytes) };
    this.listen();
    form.classList.add("is-enhanced");
    this.show();
  }

  listen() {
    const form = this.form;
    for (const input of form.querySelectorAll("[data-drop] input[type=file]")) {
      input.addEventListener("change", () => {
        this.choose(input.files);
        input.value = "";
      });
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      event.stopPropagation(); // static/js/session.js would send the form whole
      this.send();
    });
    this.list.addEventListener("click", (event) => this.press(event.target.closest("[data-do]")));
    this.paper?.addEventListener("change", () => this.show());
    this.listenForDrops();
    window.addEventListener("beforeunload", (event) => {
      const isOnItsWay = this.rows.some((row) => ["queued", "waits"].includes(row.state));
      if (this.running.size || isOnItsWay) event.preventDefault();
    });
  }

  listenForDrops() {
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    document.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault(); // dropped beside the form, a file would replace the page
      this.form.classList.toggle("is-over", this.form.contains(event.target));
    });
    document.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget) this.form.classList.remove("is-over");
    });
    document.addEventListener("drop", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.form.classList.remove("is-over");
      if (this.form.contains(event.target)) this.choose(event.dataTransfer.files);
    });
  }

  /* A page that takes one file (data-single) keeps the one chosen last, until it is sent. */
  choose(files) {
    if (this.isSingle && this.drop.hidden) return;
    if (this.isSingle) for (const row of [...this.rows]) this.takeOff(row);
    for (const file of this.isSingle ? [...files].slice(0, 1) : files) {
      const row = new Row(this.template, file.name, [file]);
      this.rows.push(row);
      this.list.append(row.element);
      if (file.size > this.most.file) this.tell(row, "too_large");
      else this.tell(row, "waiting");
    }
    this.nothing.hidden = true;
    this.show();
  }

  /* What can be done now depends on what stands in the list. */
  show() {
    const open = this.open;
    if (this.paper) {
      const may = open.length > 1 && open.every((row) => row.isPicture);
      this.paper.hidden = !may;
      this.paper.querySelector("[data-paper-name]").hidden = !this.isPaper;
    }
    for (const row of this.rows) {
      const place = open.indexOf(row);
      const orders = this.isPaper && place >= 0;
      row.find("[data-do=up]").hidden = !orders || place === 0;
      row.find("[data-do=down]").hidden = !orders || place === open.length - 1;
    }
    if (this.isSingle) {
      this.drop.hidden = this.rows.some((row) => UNDER_WAY.includes(row.state));
      this.ways.hidden = this.rows.some((row) => row.state === "kept");
    }
    if (this.done) this.done.hidden = !this.rows.some((row) => row.state === "kept");
    this.form.classList.toggle("has-files", this.rows.length > 0);
  }

  get isSingle() {
    return "single" in this.form.dataset;
  }

  get open() {
    return this.rows.filter((row) => TO_SEND.includes(row.state) && !row.isOver);
  }

  get isPaper() {
    return this.paper && !this.paper.hidden && this.paper.querySelector("[name=is_one_paper]").checked;
  }

  tell(row, state) {
    this.said.textContent = `${row.name}: ${row.become(state)}`;
  }

  press(button) {
    if (!button) return;
    const row = this.rows.find((one) => one.element.contains(button));
    const what = button.dataset.do;
    if (what === "cancel") this.cancel(row);
    if (what === "again" && row.isOver) this.send();
    else if (what === "again") this.queue([row]);
    if (what === "remove") this.remove(row);
    if (what === "up" || what === "down") this.move(row, what === "up" ? -1 : 1, button);
  }

  cancel(row) {
    this.running.get(row)?.abort();
    this.tell(row, "cancelled");
    this.show();
  }

  remove(row) {
    this.takeOff(row);
    this.show();
    this.form.querySelector("[data-drop] input[type=file]").focus();
  }

  takeOff(row) {
    this.rows.splice(this.rows.indexOf(row), 1);
    row.element.remove();
  }

  move(row, by, button) {
    const open = this.open;
    const place = open.indexOf(row) + by;
    const other = open[place];
    const [here, there] = [this.rows.indexOf(row), this.rows.indexOf(other)];
    [this.rows[here], this.rows[there]] = [other, row];
    if (by < 0) other.element.before(row.element);
    else other.element.after(row.element);
    this.show();
    const opposite = by < 0 ? "down" : "up";
    (button.hidden ? row.find(`[data-do=${opposite}]`) : button).focus();
    this.said.textContent = `${row.name}: ${place + 1} / ${open.length}`;
  }

  send() {
    for (const row of this.rows.filter((one) => one.isOver)) this.takeOff(row);
    const open = this.open;
    this.nothing.hidden = open.length > 0;
    if (!open.length) {
      this.said.textContent = this.nothing.textContent;
      this.form.querySelector("[data-drop] input[type=file]").focus();
    } else if (this.isPaper) this.queue([this.asOnePaper(open)]);
    else this.queue(open);
  }

  /* The pages wait behind the paper they become; they come back when it does not succeed. */
  asOnePaper(pages) {
    const name = this.form.elements.paper_name.value.trim() || pages[0].name;
    const row = new Row(this.template, name, pages.flatMap((page) => page.files));
    row.pages = pages;
    pages[0].element.before(row.element);
    for (const page of pages) page.element.remove();
    this.rows = this.rows.filter((one) => !pages.includes(one));
    this.rows.push(row);
    return row;
  }

  queue(rows) {
    for (const row of rows) {
      const isTooMuch = row.files.length > 1 && row.size > this.most.request;
      this.tell(row, isTooMuch ? "too_much" : "queued");
      if (isTooMuch) this.bringBackPages(row);
    }
    this.next();
  }

  bringBackPages(row) {
    if (!row.pages || row.isOver || row.state === "kept") return;
    row.element.after(...row.pages.map((page) => page.element));
    this.rows.push(...row.pages);
    row.isOver = true;
  }

  next() {
    this.show();
    for (const row of this.rows) {
      if (this.running.size >= this.atOnce) return;
      if (row.state === "queued" && !this.running.has(row)) this.sendOne(row);
    }
  }

  async sendOne(row) {
    const request = new XMLHttpRequest();
    this.running.set(row, request);
    row.progress(0);
    this.tell(row, "sending");
    if (this.tokenIsOld) row.isFresh = await this.freshenToken();
    const state = row.state === "sending" ? await this.exchange(row, request) : "cancelled";
    this.running.delete(row);
    if (state === "busy" && this.waitsForTurn(row, request)) return void this.next();
    if (["kept", "refused", "busy"].includes(state)) this.showResult(row, state);
    else this.tell(row, state);
    this.bringBackPages(row);
    this.next();
  }

  /* The server takes a few files at a time, of one person one: another of ours is on its way, so
     this one goes after it. Else others are sending: comes back when it said, a few times. */
  waitsForTurn(row, request) {
    if (this.running.size) {
      this.atOnce = 1;
      row.become("queued");
      return true;
    }
    row.tries = (row.tries ?? 0) + 1;
    if (row.tries > TRIES_WHILE_BUSY) return false;
    row.become("waits");
    const seconds = Number(request.getResponseHeader("Retry-After")) || 10;
    window.setTimeout(() => row.state === "waits" && this.queue([row]), seconds * 1000);
    return true;
  }

  /* Sends one request and gives the state it ended in. */
  exchange(row, request) {
    return new Promise((resolve) => {
      request.upload.addEventListener("progress", (event) => row.progress(event.loaded / event.total));
      request.upload.addEventListener("load", () => this.tell(row, "checking"));
      request.addEventListener("error", () => resolve(row.state === "sending" ? "lost" : "unsure"));
      request.addEventListener("abort", () => resolve("cancelled"));
      request.addEventListener("load", () => resolve(this.read(row, request)));
      request.open("POST", this.form.action);
      request.setRequestHeader("HX-Request", "true");
      request.send(this.bodyFor(row));
    });
  }

  bodyFor(row) {
    const body = new FormData(this.form);
    for (const name of ["uploads", "camera", "is_one_paper"]) body.delete(name);
    for (const file of row.files) body.append("uploads", file, file.name);
    if (row.pages) body.append("is_one_paper", "on");
    return body;
  }

  read(row, request) {
    const answer = new DOMParser().parseFromString(request.responseText, "text/html");
    row.answer = answer.querySelector("[data-outcome]");
    if (row.answer) return row.answer.dataset.outcome;
    if (request.status < 400 || (request.status === 403 && !row.isFresh)) {
      this.tokenIsOld = true;
      return "signed_out";
    }
    if (request.status === 413) return row.files.length > 1 ? "too_much" : "too_large";
    if (request.status < 500) return "closed";
    return [502, 504].includes(request.status) ? "unsure" : "broken";
  }

  showResult(row, state) {
    row.become(state);
    const place = row.find("[data-result]");
    place.replaceChildren(...document.importNode(row.answer, true).childNodes);
    this.said.textContent = `${row.name}: ${place.textContent.replace(/\s+/g, " ").trim()}`;
  }

  /* Signed in again in another tab: the form's secret is another one now. */
  async freshenToken() {
    try {
      const answer = await fetch(window.location.href, { headers: { "HX-Request": "true" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const found = page.querySelector("[data-uploads] [name=csrfmiddlewaretoken]");
      if (found) this.form.elements.csrfmiddlewaretoken.value = found.value;
      this.tokenIsOld = !found;
    } catch {
      this.tokenIsOld = true; // no connection: sending says so
    }
    return !this.tokenIsOld;
  }
}

for (const form of document.querySelectorAll("form[data-uploads]")) new Uploads(form);
