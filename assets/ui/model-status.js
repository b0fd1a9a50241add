// The model status: which models run, with language and licence, or how far they are with downloading and loading.

import { knowsShona, modelDetails, modelName, progressText, warmUpText } from "./model-texts.js";

const STAGES = ["asr", "llm", "tts", "vad"];

/** Stages whose models have a language. */
const SPEAKING_STAGES = ["asr", "llm", "tts"];

/** Milliseconds between two requests for the readiness while the server is warming up. */
const POLL_INTERVAL_MS = 1500;

/**
 * @typedef {import("./translations.js").Translations} Translations
 * @typedef {import("./model-texts.js").Stage} Stage
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

export class ModelStatus {
  #parts;
  #translations;
  #onChange;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {Pick<import("./view.js").Parts, "models" | "models-box" | "models-summary" | "warm-up" | "shona-note" |
   *   "shona-note-text" | "shona-note-more">} parts
   * @param {Translations} translations
   * @param {(voices: string[]) => void} onChange the readiness is known anew, and these are the server's voices
   */
  constructor(parts, translations, onChange) {
    this.#parts = parts;
    this.#translations = translations;
    this.#onChange = onChange;
    /** The server's last answer; public for tests. @type {Readiness | null} */
    this.readiness = null;
    parts["shona-note-more"].addEventListener("click", () => this.#openDetails());
  }

  /**
   * Shows the readiness, and polls the server until it is ready: at once where nothing is known yet.
   * @param {Readiness | null} readiness
   */
  show(readiness) {
    this.readiness = readiness;
    this.refresh();
    this.#onChange(readiness?.voices ?? []);
    if (readiness?.ready) clearTimeout(this.#timer);
    else this.#schedulePoll(readiness ? POLL_INTERVAL_MS : 0);
  }

  /** Writes everything again: the language may have changed. */
  refresh() {
    const { models, "models-summary": summary, "warm-up": warmUp } = this.#parts;
    const { ready = false, stages = {} } = this.readiness ?? {};
    const shown = STAGES.filter((name) => name in stages);
    const say = ready ? this.#modelDescription : this.#progress;
    models.replaceChildren(...shown.map((name) => this.#createRow(name, say.call(this, stages[name]))));
    summary.textContent = ready
      ? SPEAKING_STAGES.filter((name) => name in stages).map((name) => modelName(stages[name])).join(" · ")
      : this.#translations.text("models.loading");
    warmUp.hidden = this.readiness === null || ready;
    warmUp.textContent = warmUp.hidden ? "" : warmUpText(this.#translations, Object.values(stages));
    this.#showShonaNote(ready ? SPEAKING_STAGES.filter((name) => stages[name] && !knowsShona(stages[name])) : []);
  }

  /** @param {string[]} weak stages whose models were not made for Shona */
  #showShonaNote(weak) {
    const stages = weak.map((name) => this.#translations.text(`models.${name}`)).join(", ");
    this.#parts["shona-note"].hidden = weak.length === 0;
    this.#parts["shona-note-text"].textContent = stages && this.#translations.text("models.weak", { stages });
  }

  #openDetails() {
    const box = this.#parts["models-box"];
    box.open = true;
    box.querySelector("summary")?.focus();
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
    const description = createElement("dd", modelName(stage));
    const details = modelDetails(this.#translations, stage);
    if (details) description.append(createElement("small", ` (${details})`));
    if (stage.consequence) description.append(createElement("small", ` ${stage.consequence}`));
    return description;
  }

  /** @param {number} delayMs */
  #schedulePoll(delayMs) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#poll(), delayMs);
  }

  async #poll() {
    try {
      const response = await fetch(new URL("readyz", document.baseURI));
      this.show(await response.json());
    } catch {
      this.#schedulePoll(POLL_INTERVAL_MS); // the server cannot be reached, or a proxy answers for it
    }
  }
}
