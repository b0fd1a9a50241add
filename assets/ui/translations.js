// The page's texts in the language that the user has chosen, filled in where the markup has data-i18n attributes.

import { recall, remember } from "./preferences.js";

/** @typedef {Record<string, Record<string, string>>} Tables of texts: language to key to text */

/**
 * The attributes of the markup, each with its name in `dataset` and what it sets.
 * @type {{attribute: string, name: string, set: (element: HTMLElement, text: string) => void}[]}
 */
const TARGETS = [
  { attribute: "data-i18n", name: "i18n", set: (element, text) => { element.textContent = text; } },
  {
    attribute: "data-i18n-label",
    name: "i18nLabel",
    set: (element, text) => element.setAttribute("aria-label", text),
  },
  {
    attribute: "data-i18n-placeholder",
    name: "i18nPlaceholder",
    set: (element, text) => element.setAttribute("placeholder", text),
  },
];

export class Translations {
  #tables;

  /** @param {Tables} tables the default language first */
  constructor(tables) {
    this.#tables = tables;
    const stored = recall("language");
    this.language = stored !== null && Object.hasOwn(tables, stored) ? stored : Object.keys(tables)[0];
  }

  /** @param {string} language */
  setLanguage(language) {
    this.language = language;
    remember("language", language);
  }

  /** The keys of all texts, in the order in which they are written down. */
  get keys() {
    return Object.keys(this.#tables[this.language]);
  }

  /** @param {string} language @param {string} key @returns {string} the text in that language */
  textIn(language, key) {
    return this.#tables[language][key];
  }

  /** @param {string} key @returns {boolean} */
  has(key) {
    return key in this.#tables[this.language];
  }

  /**
   * @param {string} key
   * @param {import("./notice.js").Values} [values] what replaces each {name}
   * @returns {string}
   */
  text(key, values = {}) {
    return this.#tables[this.language][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? "…"));
  }

  /** Fills in every element that has a data-i18n attribute. @param {HTMLElement} root */
  apply(root) {
    root.lang = this.language;
    for (const { attribute, name, set } of TARGETS) {
      /** @type {NodeListOf<HTMLElement>} */
      const elements = root.querySelectorAll(`[${attribute}]`);
      for (const element of elements) set(element, this.text(element.dataset[name] ?? ""));
    }
  }
}
