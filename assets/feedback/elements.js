// Makes elements whose texts follow the page's language: the key stands in a data-i18n attribute.

const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {Object} Texts keys of the texts
 * @property {string} [key] of the content
 * @property {string} [label] of aria-label
 * @property {string} [placeholder]
 */

export class Elements {
  #translations;

  /** @param {import("../ui/translations.js").Translations} translations */
  constructor(translations) {
    this.#translations = translations;
  }

  /** The page's language. */
  get language() {
    return this.#translations.language;
  }

  /**
   * @template {keyof HTMLElementTagNameMap} Tag
   * @param {Tag} tag
   * @param {Texts & Record<string, unknown>} [options] texts, and properties of the element
   * @param {(Node | string)[]} children
   * @returns {HTMLElementTagNameMap[Tag]}
   */
  create(tag, { key, label, placeholder, ...properties } = {}, ...children) {
    const element = document.createElement(tag);
    Object.assign(element, properties);
    if (key) this.setText(element, key);
    if (label) {
      element.dataset.i18nLabel = label;
      element.setAttribute("aria-label", this.text(label));
    }
    if (placeholder) {
      element.dataset.i18nPlaceholder = placeholder;
      element.setAttribute("placeholder", this.text(placeholder));
    }
    element.append(...children);
    return element;
  }

  /**
   * @param {Texts & Record<string, unknown>} options
   * @param {() => void} onClick
   * @param {(Node | string)[]} children
   * @returns {HTMLButtonElement}
   */
  button(options, onClick, ...children) {
    const button = this.create("button", { type: "button", ...options }, ...children);
    button.addEventListener("click", onClick);
    return button;
  }

  /** @param {string} path of the lines, in a box of 24 by 24 @returns {SVGElement} */
  icon(path) {
    const icon = document.createElementNS(SVG, "svg");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("aria-hidden", "true");
    const lines = document.createElementNS(SVG, "path");
    lines.setAttribute("d", path);
    icon.append(lines);
    return icon;
  }

  /**
   * Writes only what has changed: a screen reader reads again what is written again.
   * @param {HTMLElement} element @param {string} key of its text; empty for none
   */
  setText(element, key) {
    const text = key && this.text(key);
    if (key) element.dataset.i18n = key;
    else delete element.dataset.i18n;
    if (element.textContent !== text) element.textContent = text;
  }

  /** @param {string} key @param {import("../ui/notice.js").Values} [values] @returns {string} */
  text(key, values) {
    return this.#translations.text(this.#translations.has(key) ? key : "error.unknown", values);
  }

  /** @param {string} code of an error @returns {string} the key of its sentence */
  errorKey(code) {
    const keys = [`rate.error_${code}`, `error.${code}`, "error.unknown"];
    return keys.find((key) => this.#translations.has(key)) ?? "";
  }
}
