// The page's words in the language chosen. Knows the page only by its data-say attributes.

const STORED = "inzwa.language";

/** Attributes of the page, and what of the element each of them fills. */
const PLACES = {
  say: (element, text) => { element.textContent = text; },
  sayLabel: (element, text) => element.setAttribute("aria-label", text),
  sayTitle: (element, text) => element.setAttribute("title", text),
  sayPlaceholder: (element, text) => element.setAttribute("placeholder", text),
};

/** @returns {string | null} the language chosen at an earlier visit, where the browser lets us remember */
function remembered() {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** @param {string} language */
function remember(language) {
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // A browser that keeps nothing is no trouble: Shona comes first again.
  }
}

/** Words by their dotted key, in one of the page's languages; Shona until the user chooses. */
export class Words {
  /** @param {Record<string, Record<string, string>>} tables language to key to words, the default language first */
  constructor(tables) {
    this.tables = tables;
    const chosen = remembered();
    this.language = chosen in tables ? chosen : Object.keys(tables)[0];
  }

  /** @param {string} language */
  choose(language) {
    this.language = language;
    remember(language);
  }

  /** @param {string} key @returns {boolean} */
  has(key) {
    return key in this.tables[this.language];
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [places] what stands for each {name}
   * @returns {string}
   */
  say(key, places = {}) {
    return this.tables[this.language][key].replace(/\{(\w+)\}/g, (_, name) => String(places[name] ?? "…"));
  }

  /** @param {HTMLElement} root where every element with a data-say attribute gets its words */
  fill(root) {
    root.lang = this.language;
    for (const [name, put] of Object.entries(PLACES)) {
      const attribute = `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
      for (const element of root.querySelectorAll(`[${attribute}]`)) put(element, this.say(element.dataset[name]));
    }
  }
}
