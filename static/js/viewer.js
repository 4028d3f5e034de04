/* Turning pages and zooming without loading the whole page anew. Without this file they are links.
   Each picture that is asked for is recorded as a look, so none is asked for twice. */

const ZOOMS = [50, 75, 100, 150, 200, 300];
const KEPT_PICTURES = 6;
const WIDEST = 960; // as in viewer.css
const SWIPE = 60; // points

class Viewer {
  constructor(element) {
    this.element = element;
    const { page, pages, zoom, widths, source, alt, back, kept } = element.dataset;
    Object.assign(this, { page: Number(page), pages: Number(pages), zoom: Number(zoom) });
    Object.assign(this, { source, alt, back, kept, widths: widths.split(" ").map(Number) });
    this.find = (selector) => element.querySelector(selector);
    this.stage = this.find("[data-stage]");
    this.pictures = new Map();
    const first = this.stage.querySelector("img");
    const drawn = /width=(\d+)/.exec(first.currentSrc || first.src);
    this.pictures.set(`${this.page}/${drawn ? drawn[1] : this.width}`, first);
    this.listen();
    element.classList.add("is-enhanced");
    this.show();
  }

  /* The smallest width the server draws that is sharp at this zoom. */
  get width() {
    const fit = Math.min(this.stage.clientWidth, WIDEST);
    const wanted = (fit * this.zoom * window.devicePixelRatio) / 100;
    return this.widths.find((width) => width >= wanted * 0.9) ?? this.widths.at(-1);
  }

  listen() {
    this.element.addEventListener("click", (event) => {
      const link = event.target.closest("[data-turn], [data-zoom-to]");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      if (link.dataset.turn) this.turnTo(this.page + Number(link.dataset.turn));
      else this.zoomBy(link.dataset.zoomTo);
    });
    this.find("[data-go]")?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.goTo(event.target.elements.page);
    });
    this.find("[data-go] [name=page]")?.addEventListener("change", (event) => this.goTo(event.target));
    this.element.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("keydown", (event) => {
      const isTurn = ["ArrowLeft", "ArrowRight"].includes(event.key);
      if (isTurn && event.target === document.body) this.press(event);
    });
    this.listenForSwipes();
  }

  goTo(input) {
    const page = Number.parseInt(input.value, 10);
    if (page >= 1) this.turnTo(Math.min(page, this.pages));
    input.value = this.page;
  }

  press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    const isWide = this.stage.scrollWidth > this.stage.clientWidth + 1;
    const turns = {
      ...(isWide ? {} : { ArrowLeft: this.page - 1, ArrowRight: this.page + 1 }),
      ...{ PageUp: this.page - 1, PageDown: this.page + 1, Home: 1, End: this.pages },
    };
    const zooms = { "+": "in", "=": "in", "-": "out", 0: "fit" };
    if (event.key in turns) this.turnTo(turns[event.key]);
    else if (event.key in zooms) this.zoomBy(zooms[event.key]);
    else if (event.key === "Escape") this.leave();
    else return;
    event.preventDefault();
  }

  /* From close by first to the whole page, and then back to where one came from. */
  leave() {
    if (this.zoom > 100) this.zoomBy("fit");
    else if (this.back) window.location.assign(this.back);
  }

  listenForSwipes() {
    let start = null;
    this.stage.addEventListener("touchstart", (event) => {
      const isWide = this.stage.scrollWidth > this.stage.clientWidth + 1;
      start = event.touches.length === 1 && !isWide ? event.touches[0] : null;
    }, { passive: true });
    this.stage.addEventListener("touchend", (event) => {
      const end = event.changedTouches[0];
      if (!start || event.touches.length) return;
      const [across, down] = [end.clientX - start.clientX, end.clientY - start.clientY];
      start = null;
      if (Math.abs(across) < SWIPE || Math.abs(across) < 2 * Math.abs(down)) return;
      this.turnTo(this.page + (across < 0 ? 1 : -1));
    });
  }

  turnTo(page) {
    if (page < 1 || page > this.pages || page === this.page) return;
    this.page = page;
    this.stage.scrollTo({ top: 0, behavior: "instant" });
    this.show();
  }

  zoomBy(way) {
    const place = ZOOMS.indexOf(this.zoom);
    const zoom = way === "fit" ? 100 : ZOOMS[place + (way === "in" ? 1 : -1)];
    if (!zoom || zoom === this.zoom) return;
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = this.stage;
    const grows = zoom / this.zoom;
    this.zoom = zoom;
    this.stage.dataset.zoom = zoom;
    const left = (scrollLeft + clientWidth / 2) * grows - clientWidth / 2;
    const top = (scrollTop + clientHeight / 2) * grows - clientHeight / 2;
    this.stage.scrollTo({ left, top: grows > 1 || scrollTop ? top : 0, behavior: "instant" });
    this.show();
  }

  /* Puts the page on the stage; until it is there the one before it stands pale. */
  async show() {
    this.showState();
    const { page, width } = this;
    const picture = this.pictureOf(page, width);
    this.stage.setAttribute("aria-busy", "true");
    const isDrawn = await picture.decode().then(() => true, () => false);
    if (page !== this.page || width !== this.width) return; // turned on meanwhile
    this.stage.setAttribute("aria-busy", "false");
    this.find("[data-trouble]").hidden = isDrawn;
    if (!isDrawn) this.pictures.delete(`${page}/${width}`);
    if (picture.parentNode !== this.stage) this.stage.replaceChildren(picture);
    if (isDrawn && page < this.pages) this.pictureOf(page + 1, width);
  }

  pictureOf(page, width) {
    const enough = this.widths.filter((one) => one >= width && this.pictures.has(`${page}/${one}`));
    const key = `${page}/${enough[0] ?? width}`;
    let picture = this.pictures.get(key);
    if (!picture) {
      picture = new Image();
      picture.alt = this.alt.replace("{page}", page);
      picture.src = this.source.replace("{page}", page).replace("{width}", width);
      this.pictures.set(key, picture);
    }
    for (const old of this.pictures.keys()) {
      if (this.pictures.size > KEPT_PICTURES && old !== key) this.pictures.delete(old);
    }
    return picture;
  }

  /* The address, the buttons and the words follow, so that loading anew shows the same. */
  showState() {
    const to = (page, zoom) => `?page=${page}&zoom=${zoom}${this.kept}`;
    history.replaceState(null, "", to(this.page, this.zoom));
    for (const link of this.element.querySelectorAll("[data-turn]")) {
      const page = this.page + Number(link.dataset.turn);
      this.point(link, page >= 1 && page <= this.pages && to(page, this.zoom));
    }
    const place = ZOOMS.indexOf(this.zoom);
    for (const [way, zoom] of [["out", ZOOMS[place - 1]], ["in", ZOOMS[place + 1]], ["fit", 100]]) {
      this.point(this.find(`[data-zoom-to=${way}]`), zoom && to(this.page, zoom));
    }
    const input = this.find("[data-go] [name=page]");
    if (input) input.value = this.page;
    this.find("[data-zoom-now]").textContent = `${this.zoom}%`;
    const words = this.alt.replace("{page}", this.page);
    this.find("[data-said]").textContent = this.zoom === 100 ? words : `${words} · ${this.zoom}%`;
  }

  point(link, address) {
    if (address) {
      link.href = address;
      link.removeAttribute("aria-disabled");
      link.removeAttribute("role");
    } else {
      if (link === document.activeElement) this.stage.focus({ preventScroll: true });
      link.removeAttribute("href");
      link.setAttribute("aria-disabled", "true");
      link.setAttribute("role", "link");
    }
  }
}

for (const element of document.querySelectorAll("[data-viewer]")) new Viewer(element);
