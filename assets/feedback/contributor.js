// Who gives feedback from this browser: the withdrawal code that came with the consent.

const NAME = "inzwa.contributor";

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
    window.addEventListener("storage", ({ key }) => key === NAME && this.#changed());
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
    this.#changed();
  }

  forget() {
    this.#storage.remove(NAME);
    this.#changed();
  }

  #changed() {
    for (const listener of this.listeners) listener();
  }
}
