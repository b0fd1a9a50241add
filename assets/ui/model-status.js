// The line that says which models are running, in what language they are at home, and under which licence.

const STAGES = ["asr", "llm", "tts", "vad"];

/** Milliseconds between two looks at how far the server is with warming up. */
const POLL_MS = 1500;

const MEGABYTE = 1e6;

/** @param {string} tag @param {string} text */
function make(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/**
 * @typedef {Object} Stage what serves a stage, or how far that has come
 * @property {string} [model]
 * @property {string} [title] the model with what was added to it
 * @property {string} [language]
 * @property {string} [licence]
 * @property {string} [consequence] what the licence means
 * @property {"waiting" | "fetching" | "loading" | "ready" | "failed"} [state]
 * @property {string} [step] of fetching: downloading, checking, joining, converting, waiting
 * @property {number} [done_bytes]
 * @property {number} [total_bytes]
 * @property {{model: string, reason: string}[]} [tried] what was preferred and could not be used
 *
 * @typedef {{ready: boolean, stages: Record<string, Stage>, voices?: string[]}} Readiness what /readyz and the page's own
 *   server say; of the voices the first is the default
 */

/** @param {number} bytes @returns {number} whole megabytes, and one at least for what is more than nothing */
function megabytes(bytes) {
  return Math.ceil(bytes / MEGABYTE);
}

/**
 * What is being done for a stage that is not ready, in words.
 * @param {import("./translations.js").Words} words @param {Stage} stage @returns {string}
 */
export function progress(words, { model, state, step, done_bytes = 0, total_bytes = 0 }) {
  if (!model || state === "waiting") return words.say("warmup.stage_waiting");
  if (state === "ready") return model;
  const key = state === "fetching" ? step || "looking" : state;
  const done = megabytes(done_bytes);
  return words.say(words.has(`warmup.${key}`) ? `warmup.${key}` : "warmup.looking", {
    model,
    done,
    total: Math.max(done, megabytes(total_bytes)),
  });
}

export class Models {
  /**
   * @param {HTMLElement} list a <dl>
   * @param {import("./translations.js").Words} words
   * @param {(voices: string[]) => void} onVoices what the server's voices are now
   */
  constructor(list, words, onVoices) {
    this.onVoices = onVoices;
    this.list = list;
    this.words = words;
    /** @type {Readiness | null} */
    this.readiness = null;
  }

  /** Shows this, and asks again until the server is warm. @param {Readiness | null} readiness */
  show(readiness) {
    this.readiness = readiness;
    if (readiness?.ready) this.onVoices(readiness.voices ?? []);
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
      if (stage) this.list.append(this.line(name, stage));
    }
  }

  /** @private */
  line(name, stage) {
    const pair = document.createElement("div");
    const warm = this.readiness.ready;
    const value = make("dd", warm ? stage.title ?? stage.model : progress(this.words, stage));
    const more = warm ? this.details(stage) : "";
    if (more) value.append(make("small", ` (${more})`));
    if (warm && stage.consequence) value.append(make("small", ` ${stage.consequence}`));
    pair.append(make("dt", this.words.say(`models.${name}`)), value);
    return pair;
  }

  /** @private */
  details({ language, licence, tried = [] }) {
    const models = [...new Set(tried.map(({ model }) => model))].join(", ");
    const instead = models && this.words.say("models.instead", { models });
    return [language, licence, instead].filter(Boolean).join(", ");
  }

  /** @private */
  async ask() {
    try {
      const answer = await fetch(new URL("readyz", document.baseURI));
      this.show(await answer.json());
    } catch {
      this.show(this.readiness); // no server for the moment, or something else answers: ask again
    }
  }
}
