/* One line in the list of chosen files (templates/components/upload_row.html). */

const PAGES = ["image/jpeg", "image/png", "image/heic", "image/heif", "image/webp"];
const language = document.documentElement.lang;
const percent = new Intl.NumberFormat(language, { style: "percent" });

function inWords(bytes) {
  const [unit, amount] = bytes < 1024 * 1024 ? ["kilobyte", 1024] : ["megabyte", 1024 * 1024];
  const shown = { style: "unit", unit, maximumFractionDigits: unit === "kilobyte" ? 0 : 1 };
  return new Intl.NumberFormat(language, shown).format(Math.max(bytes / amount, 0.1));
}

/* One line of the list: a file, or the pages of one paper together. */
export class Row {
  constructor(template, name, files) {
    this.files = files;
    this.name = name;
    this.element = template.content.firstElementChild.cloneNode(true);
    this.find("[data-name]").textContent = name;
    this.find("[data-size]").textContent = inWords(this.size);
    this.find("progress")?.setAttribute("aria-label", `${this.find("progress").ariaLabel}: ${name}`);
    for (const button of this.element.querySelectorAll("[data-named]")) {
      const words = button.dataset.named.replace("{name}", name);
      button.setAttribute("aria-label", words);
    }
    this.become("waiting");
    this.draw(files[0]);
  }

  get size() {
    return this.files.reduce((total, file) => total + file.size, 0);
  }

  find(selector) {
    return this.element.querySelector(selector);
  }

  get isPicture() {
    return this.files.every((file) => PAGES.includes(file.type));
  }

  /* Shows only what belongs to this state; gives what it says. */
  become(state) {
    this.state = state;
    this.element.dataset.state = state;
    let said = "";
    for (const part of this.element.querySelectorAll("[data-when]")) {
      const isNow = part.dataset.when.split(" ").includes(state);
      part.hidden = !isNow;
      if (isNow && part.matches(".upload-said")) said = part.textContent.trim();
    }
    return said;
  }

  /* A small picture of a picture, drawn here: nothing is loaded from anywhere. */
  async draw(file) {
    const canvas = this.find("canvas");
    try {
      const picture = await createImageBitmap(file, { resizeWidth: 224, resizeQuality: "medium" });
      const scale = Math.max(canvas.width / picture.width, canvas.height / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      const place = [(canvas.width - width) / 2, (canvas.height - height) / 2];
      canvas.getContext("2d").drawImage(picture, ...place, width, height);
      picture.close();
      canvas.hidden = false;
      canvas.nextElementSibling.setAttribute("hidden", "");
    } catch {
      canvas.hidden = true; // no picture, or one that this browser can't read: the sign stays
    }
  }

  progress(part) {
    this.find("progress").value = Math.round(part * 100);
    this.find("[data-percent]").textContent = percent.format(part);
  }
}
