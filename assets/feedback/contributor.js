// Who gives feedback from this browser: the withdrawal code that came with the consent.

const NAME = "inzwa.contributor";

/** Tells the other parts of the page, which may come from another script, that the contributor has changed. */
const CHANGED = "inzwa-contributor";

/** @returns {string} a random name for one message, so that the server counts it once */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Contributor {
  #storage;

  /** @param {import("./storage.js").JsonStorage} storage */
  constructor(storage) {
    this.#storage = storage;
    /** Called when there is another contributor, or none any more. @type {(() => void)[]} */
    this.listeners = [];
    window.addEventListener("storage", ({ key }) => key === NAME && this.#notify());
    window.addEventListener(CHANGED, () => this.#notify());
  }

  /** The withdrawal code; empty before consent. */
  get code() {
    const code = this.#storage.get(NAME)?.code;
    return typeof code === "string" ? code : "";
  }

  /** Whether ratings and texts may be kept by consent. */
  get text() {
    return this.code !== "" && this.#storage.get(NAME).text !== false;
  }

  /** Whether recordings may be kept by consent. */
  get voice() {
    return this.#storage.get(NAME)?.voice === true;
  }

  /** @param {{code: string, text: boolean, voice: boolean}} consent */
  remember({ code, text, voice }) {
    this.#storage.set(NAME, { code, text, voice });
    window.dispatchEvent(new Event(CHANGED));
  }

  forget() {
    this.#storage.remove(NAME);
    window.dispatchEvent(new Event(CHANGED));
  }

  #notify() {
    for (const listener of this.listeners) listener();
  }
}
