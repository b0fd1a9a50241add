// The line that says which models are running, in what language they are at home, and under which licence.

const STAGES = ["asr", "llm", "tts", "vad"];

/** Milliseconds between two looks at whether the server is warm. */
const POLL_MS = 3000;

/** @param {string} tag @param {string} text */
function make(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** @param {{language?: string, licence?: string}} stage @returns {string} */
function details({ language, licence }) {
  return [language, licence].filter(Boolean).join(", ");
}

/**
 * @typedef {Object} Readiness what /readyz and the page's own server say
 * @property {boolean} ready
 * @property {Record<string, {model?: string, language?: string, licence?: string}>} stages
 */
export class Models {
  /** @param {HTMLElement} list a <dl> @param {import("./words.js").Words} words */
  constructor(list, words) {
    this.list = list;
    this.words = words;
    /** @type {Readiness | null} */
    this.readiness = null;
  }

  /** Shows this, and asks again until the server is warm. @param {Readiness | null} readiness */
  show(readiness) {
    this.readiness = readiness;
    this.refresh();
    clearTimeout(this.timer);
    if (!readiness?.ready) this.timer = setTimeout(() => this.ask(), POLL_MS);
  }

  /** Writes the line; the language may have changed. */
  refresh() {
    this.list.replaceChildren();
    if (!this.readiness?.ready) this.list.append(make("dd", this.words.say("models.loading")));
    for (const name of STAGES) {
      const stage = this.readiness?.stages?.[name];
      if (stage?.model) this.list.append(this.line(name, stage));
    }
  }

  /** @private */
  line(name, stage) {
    const pair = document.createElement("div");
    const value = make("dd", stage.model);
    const more = details(stage);
    if (more) value.append(make("small", ` (${more})`));
    pair.append(make("dt", this.words.say(`models.${name}`)), value);
    return pair;
  }

  /** @private */
  async ask() {
    try {
      const answer = await fetch(new URL("readyz", document.baseURI));
      this.show(answer.ok ? await answer.json() : this.readiness);
    } catch {
      this.show(this.readiness); // no server for the moment: ask again
    }
  }
}
