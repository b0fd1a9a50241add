// The browser's storage for the contributor's code and unsent ratings; where it is not allowed, memory for this visit.

/** @returns {Storage | null} */
function browserStorage() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

/** Values of JSON by name. */
export class JsonStorage {
  #storage = browserStorage();
  /** What the browser's storage does not take. @type {Map<string, string>} */
  #memory = new Map();

  /** @returns {string[]} */
  names() {
    const stored = this.#storage ? Object.keys(this.#storage) : [];
    return [...new Set([...stored, ...this.#memory.keys()])];
  }

  /** @param {string} name @returns {any} null where there is none that can be read */
  get(name) {
    try {
      return JSON.parse(this.#memory.get(name) ?? this.#storage?.getItem(name) ?? "null");
    } catch {
      return null;
    }
  }

  /** @param {string} name @param {unknown} value */
  set(name, value) {
    const text = JSON.stringify(value);
    try {
      if (!this.#storage) throw new TypeError("no storage");
      this.#storage.setItem(name, text);
      this.#memory.delete(name);
    } catch {
      this.#memory.set(name, text); // it is full or forbidden: kept until the page is closed
    }
  }

  /** @param {string} name */
  remove(name) {
    this.#memory.delete(name);
    this.#storage?.removeItem(name);
  }
}
