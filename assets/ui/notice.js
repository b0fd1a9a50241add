// One line that tells the user in words what is wrong or worth knowing.

/** Shows one thing at a time; in the language chosen, also when that changes. */
export class Notice {
  /** @param {HTMLElement} box with a [data-part=notice-text] @param {import("./translations.js").Words} words */
  constructor(box, words) {
    this.box = box;
    this.text = box.querySelector("[data-part=notice-text]");
    this.words = words;
    this.hide();
  }

  /**
   * @param {string} key of the page's words
   * @param {{kind?: "error" | "info", places?: Record<string, string | number>}} [options]
   */
  show(key, { kind = "error", places = {} } = {}) {
    this.shown = { key, places };
    this.box.dataset.kind = kind;
    this.box.hidden = false;
    this.refresh();
  }

  /** @param {string} key hides what is shown if it is this */
  done(key) {
    if (this.shown?.key === key) this.hide();
  }

  hide() {
    this.shown = null;
    this.box.hidden = true;
    this.text.textContent = "";
  }

  /** The language may have changed. */
  refresh() {
    if (this.shown) this.text.textContent = this.words.say(this.shown.key, this.shown.places);
  }
}
