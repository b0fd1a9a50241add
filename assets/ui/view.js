// The view: the page's elements; shows state, transcript, notice, models and level in the language of the page.

import { Choices } from "./choices.js";
import { ModelStatus } from "./model-status.js";
import { Notice } from "./notice.js";
import { Transcript } from "./transcript.js";
import { Translations } from "./translations.js";

/** Level of a loud voice, root mean square: full deflection of the meter. */
const FULL_SCALE_LEVEL = 0.2;

/** States in which something can be stopped. */
const STOPPABLE = ["speaking", "replaying", "thinking"];

/**
 * The elements of page.html that have a data-part attribute, by its value.
 * @typedef {Record<"connection" | "welcome" | "examples" | "tools" | "log" | "turns" | "notice" | "notice-text" |
 *   "silence-row" | "silence-value" | "voice-row" | "speed-value" | "models" | "models-summary" | "status" |
 *   "warm-up" | "shona-note" | "shona-note-text", HTMLElement> &
 *   Record<"close" | "talk" | "stop" | "new-conversation" | "copy" | "download" | "shona-note-more",
 *     HTMLButtonElement> &
 *   Record<"access" | "form", HTMLFormElement> &
 *   Record<"key" | "mode-free" | "mode-hold" | "silence" | "speed" | "hotwords" | "text", HTMLInputElement> &
 *   Record<"spoken-language" | "voice", HTMLSelectElement> &
 *   Record<"settings" | "models-box", HTMLDetailsElement> &
 *   Record<"replay-button", HTMLTemplateElement>} Parts
 */

/** @param {HTMLElement} root @returns {Parts} */
function findParts(root) {
  /** @type {NodeListOf<HTMLElement>} */
  const elements = root.querySelectorAll("[data-part]");
  return /** @type {Parts} */ (Object.fromEntries([...elements].map((element) => [element.dataset.part, element])));
}

/**
 * @typedef {import("./transcript.js").TranscriptListeners & {onModels: () => void}} ViewListeners
 *   `onModels`: the models may be ready now
 */

export class View {
  /**
   * @param {HTMLElement} root that holds page.html
   * @param {import("./translations.js").Tables} tables of texts
   * @param {import("./choices.js").Defaults} defaults of the choices
   * @param {ViewListeners} listeners
   */
  constructor(root, tables, defaults, listeners) {
    this.root = root;
    this.parts = findParts(root);
    this.translations = new Translations(tables);
    this.choices = new Choices(this.parts, defaults);
    this.transcript = new Transcript(this.parts, this.translations, listeners);
    this.notice = new Notice(this.parts.notice, this.parts["notice-text"], this.translations);
    this.models = new ModelStatus(this.parts, this.translations, (voices) => {
      this.choices.showVoices(voices);
      listeners.onModels();
    });
    this.#translate();
  }

  /** The buttons that choose the page's language. @returns {NodeListOf<HTMLElement>} */
  get languageButtons() {
    return this.root.querySelectorAll("[data-language]");
  }

  /** Whether the microphone can be used: the models are ready, or it is not known yet that they are not. */
  get ready() {
    return this.models.readiness?.ready !== false;
  }

  /** @param {string} language of the page, which the user has chosen */
  setLanguage(language) {
    this.translations.setLanguage(language);
    this.#translate();
  }

  #translate() {
    const { language } = this.translations;
    this.translations.apply(this.root);
    document.documentElement.lang = language;
    for (const button of this.languageButtons) {
      button.setAttribute("aria-pressed", String(button.dataset.language === language));
    }
    this.notice.refresh();
    this.models.refresh();
  }

  /** Shows the form for an access token. */
  showAccessForm() {
    this.parts.access.hidden = false;
  }

  /** @param {number} level of the microphone, root mean square, 0..1 */
  showLevel(level) {
    this.root.style.setProperty("--level", Math.min(1, Math.sqrt(level / FULL_SCALE_LEVEL)).toFixed(3));
  }

  /**
   * @param {import("../conversation/conversation.js").Status} status
   * @param {import("../conversation/connection.js").ConnectionState} connection
   * @param {boolean} sending whether the microphone's audio is sent
   */
  showState(status, connection, sending) {
    const { talk, stop, welcome, tools } = this.parts;
    const { pushToTalk } = this.choices;
    this.root.dataset.status = status;
    this.#setText(this.parts.status, pushToTalk && status === "idle" ? "state.idle_hold" : `state.${status}`);
    talk.setAttribute("aria-pressed", String(sending));
    talk.setAttribute("aria-disabled", String(!this.ready));
    const talkKey = pushToTalk ? "talk.hold" : `talk.${sending ? "finish" : "start"}`;
    talk.setAttribute("aria-label", this.translations.text(talkKey));
    this.parts["silence-row"].hidden = pushToTalk;
    stop.disabled = !STOPPABLE.includes(status);
    this.parts.connection.dataset.state = connection;
    this.#setText(this.parts.connection, `connection.${connection === "waiting" ? "connecting" : connection}`);
    const empty = this.transcript.turns.length === 0;
    welcome.hidden = !empty;
    tools.hidden = empty;
  }

  /**
   * Writes only what has changed: a screen reader reads again what is written again.
   * @param {HTMLElement} element @param {string} key
   */
  #setText(element, key) {
    const text = this.translations.text(key);
    if (element.textContent !== text) element.textContent = text;
  }
}
