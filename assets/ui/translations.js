// The page's texts in the language that the user has chosen, filled in where the markup has data-i18n attributes.

const STORAGE_KEY = "inzwa.language";

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

/** @returns {string | null} the language chosen at an earlier visit, where the browser allows storage */
function storedLanguage() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

/** @param {string} language */
function storeLanguage(language) {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Without storage the next visit begins in the default language again.
  }
}

export class Translations {
  #tables;

  /** @param {Tables} tables the default language first */
  constructor(tables) {
    this.#tables = tables;
    const stored = storedLanguage();
    this.language = stored !== null && stored in tables ? stored : Object.keys(tables)[0];
  }

  /** @param {string} language */
  setLanguage(language) {
    this.language = language;
    storeLanguage(language);
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
