// The model status: which models run, with language and licence, or how far they are with downloading and loading.

const STAGES = ["asr", "llm", "tts", "vad"];

/** Milliseconds between two requests for the readiness while the server is warming up. */
const POLL_INTERVAL_MS = 1500;

const BYTES_PER_MEGABYTE = 1e6;

/**
 * @typedef {import("./translations.js").Translations} Translations
 *
 * @typedef {Object} Stage the model that serves a stage, or its progress
 * @property {string} [model]
 * @property {string} [title] the model with the adapters that were added to it
 * @property {string} [language]
 * @property {string} [licence]
 * @property {string} [consequence] what the licence means for the user
 * @property {"waiting" | "fetching" | "loading" | "ready" | "failed"} [state]
 * @property {string} [step] of fetching: downloading, checking, joining, converting, waiting
 * @property {number} [done_bytes]
 * @property {number} [total_bytes]
 * @property {{model: string, reason: string}[]} [tried] models that were preferred and cannot be used
 *
 * @typedef {Object} Readiness the answer of /readyz, and the value of the page's component
 * @property {boolean} ready
 * @property {Record<string, Stage>} stages
 * @property {string[]} [voices] the first is the default
 */

/** @param {string} tag @param {string} text @returns {HTMLElement} */
function createElement(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** @param {number} bytes @returns {number} megabytes, rounded up */
function megabytes(bytes) {
  return Math.ceil(bytes / BYTES_PER_MEGABYTE);
}

/**
 * What is being done for a stage that is not ready.
 * @param {Translations} translations @param {Stage} stage @returns {string}
 */
export function progressText(translations, { model, state, step, done_bytes = 0, total_bytes = 0 }) {
  if (!model || state === "waiting") return translations.text("warmup.stage_waiting");
  if (state === "ready") return model;
  const key = `warmup.${state === "fetching" ? step || "looking" : state}`;
  const done = megabytes(done_bytes);
  return translations.text(translations.has(key) ? key : "warmup.looking", {
    model,
    done,
    total: Math.max(done, megabytes(total_bytes)),
  });
}

export class ModelStatus {
  #list;
  #translations;
  #onVoices;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {HTMLElement} list a <dl>
   * @param {Translations} translations
   * @param {(voices: string[]) => void} onVoices the voices that the server has now
   */
  constructor(list, translations, onVoices) {
    this.#list = list;
    this.#translations = translations;
    this.#onVoices = onVoices;
    /** The server's last answer; public for tests. @type {Readiness | null} */
    this.readiness = null;
  }

  /**
   * Shows the readiness, and polls the server until it is ready.
   * @param {Readiness | null} readiness null where nothing is known yet: the server is asked at once
   */
  show(readiness) {
    this.readiness = readiness;
    if (readiness?.ready) this.#onVoices(readiness.voices ?? []);
    this.refresh();
    if (readiness?.ready) clearTimeout(this.#timer);
    else this.#pollAfter(readiness ? POLL_INTERVAL_MS : 0);
  }

  /** @param {number} ms */
  #pollAfter(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), ms);
  }

  /** Writes the list again: the language may have changed. */
  refresh() {
    const warm = Boolean(this.readiness?.ready);
    this.#list.replaceChildren();
    if (!warm) this.#list.append(createElement("dd", this.#translations.text("models.loading")));
    for (const name of STAGES) {
      const stage = this.readiness?.stages?.[name];
      if (stage) this.#list.append(this.#createRow(name, warm ? this.#modelDescription(stage) : this.#progress(stage)));
    }
  }

  /** @param {string} name of the stage @param {HTMLElement} description @returns {HTMLElement} */
  #createRow(name, description) {
    const row = document.createElement("div");
    row.append(createElement("dt", this.#translations.text(`models.${name}`)), description);
    return row;
  }

  /** @param {Stage} stage @returns {HTMLElement} */
  #progress(stage) {
    return createElement("dd", progressText(this.#translations, stage));
  }

  /** @param {Stage} stage @returns {HTMLElement} */
  #modelDescription(stage) {
    const description = createElement("dd", stage.title ?? stage.model ?? "");
    const details = this.#details(stage);
    if (details) description.append(createElement("small", ` (${details})`));
    if (stage.consequence) description.append(createElement("small", ` ${stage.consequence}`));
    return description;
  }

  /** @param {Stage} stage @returns {string} language, licence, and the models that were preferred */
  #details({ language, licence, tried = [] }) {
    const models = [...new Set(tried.map(({ model }) => model))].join(", ");
    const instead = models && this.#translations.text("models.instead", { models });
    return [language, licence, instead].filter(Boolean).join(", ");
  }

  async #poll() {
    try {
      const response = await fetch(new URL("readyz", document.baseURI));
      this.show(await response.json());
    } catch {
      this.#pollAfter(POLL_INTERVAL_MS); // the server cannot be reached, or a proxy answers for it
    }
  }
}
