// The notice: one line of text about an error or an event, shown until it is closed or no longer holds.

/** How long a success is shown, in milliseconds. */
const SUCCESS_MS = 5000;

/** @typedef {Record<string, string | number>} Values what replaces the {names} in a text */

/** Shows one text at a time, in the page's current language. */
export class Notice {
  #box;
  #text;
  #translations;
  /** @type {number | undefined} */
  #timer;
  /** What is shown. @type {{key: string, values: Values} | null} */
  #shown = null;

  /**
   * @param {HTMLElement} box
   * @param {HTMLElement} text in the box
   * @param {import("./translations.js").Translations} translations
   */
  constructor(box, text, translations) {
    this.#box = box;
    this.#text = text;
    this.#translations = translations;
    this.hide();
  }

  /**
   * @param {string} key of the text
   * @param {{kind?: "error" | "info" | "success", values?: Values}} [options]
   */
  show(key, { kind = "error", values = {} } = {}) {
    clearTimeout(this.#timer);
    if (kind === "success") this.#timer = setTimeout(() => this.hide(key), SUCCESS_MS);
    this.#shown = { key, values };
    this.#box.dataset.kind = kind;
    this.#box.hidden = false;
    this.refresh();
  }

  /** @param {string} [key] hides the notice only if it shows this text */
  hide(key) {
    if (key !== undefined && this.#shown?.key !== key) return;
    this.#shown = null;
    this.#box.hidden = true;
    this.#text.textContent = "";
  }

  /** Writes the text again: the language may have changed. */
  refresh() {
    if (this.#shown) this.#text.textContent = this.#translations.text(this.#shown.key, this.#shown.values);
  }
}
