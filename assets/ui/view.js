// The view: reads the user's choices from the page's controls, and shows state, transcript, notice and level.

import { ModelStatus } from "./model-status.js";
import { Notice } from "./notice.js";
import { Transcript } from "./transcript.js";
import { Translations } from "./translations.js";

/** Level of a loud voice, root mean square: full deflection of the meter. */
const FULL_SCALE_LEVEL = 0.2;

/** The server's limits on hotwords: how many, and of how many characters. */
const MAX_HOTWORDS = 64;
const MAX_HOTWORD_CHARS = 64;

/**
 * The elements of page.html that have a data-part attribute, by its value.
 * @typedef {Record<"connection" | "welcome" | "log" | "notice" | "notice-text" | "silence-row" | "silence-value" |
 *   "voice-row" | "speed-value" | "models" | "status", HTMLElement> &
 *   Record<"close" | "talk" | "stop", HTMLButtonElement> &
 *   Record<"access" | "form", HTMLFormElement> &
 *   Record<"key" | "mode-free" | "mode-hold" | "silence" | "speed" | "hotwords" | "text", HTMLInputElement> &
 *   Record<"spoken-language" | "voice", HTMLSelectElement>} Parts
 */

/** @param {HTMLElement} root @returns {Parts} */
function findParts(root) {
  /** @type {NodeListOf<HTMLElement>} */
  const elements = root.querySelectorAll("[data-part]");
  return /** @type {Parts} */ (Object.fromEntries([...elements].map((element) => [element.dataset.part, element])));
}

export class View {
  /**
   * @param {HTMLElement} root that holds page.html
   * @param {import("./translations.js").Tables} tables of texts
   * @param {import("./transcript.js").TurnListener} onTurnShown
   */
  constructor(root, tables, onTurnShown) {
    this.root = root;
    this.parts = findParts(root);
    this.translations = new Translations(tables);
    this.transcript = new Transcript(this.parts.log, this.translations, onTurnShown);
    this.notice = new Notice(this.parts.notice, this.parts["notice-text"], this.translations);
    this.models = new ModelStatus(this.parts.models, this.translations, (voices) => this.#showVoices(voices));
    this.setLanguage(this.translations.language);
  }

  /** The buttons that choose the page's language. @returns {NodeListOf<HTMLElement>} */
  get languageButtons() {
    return this.root.querySelectorAll("[data-language]");
  }

  /** Whether the mode is push-to-talk; else it is hands-free. */
  get pushToTalk() {
    return this.parts["mode-hold"].checked;
  }

  /** Milliseconds of silence that end an utterance, hands-free. */
  get silenceMs() {
    return Number(this.parts.silence.value);
  }

  set silenceMs(ms) {
    this.parts.silence.value = String(ms);
    this.showSilence();
  }

  /** Writes the value beside the slider. */
  showSilence() {
    this.parts["silence-value"].textContent = `${(this.silenceMs / 1000).toFixed(2)} s`;
  }

  /** Speed of the voice; 1 is its own. */
  get speed() {
    return Number(this.parts.speed.value);
  }

  set speed(speed) {
    this.parts.speed.value = String(speed);
    this.showSpeed();
  }

  /** Writes the value beside the slider. */
  showSpeed() {
    this.parts["speed-value"].textContent = `${this.speed.toFixed(2)}×`;
  }

  /** The voice chosen, as the server names it; empty where there is no choice. */
  get voice() {
    return this.parts["voice-row"].hidden ? "" : this.parts.voice.value;
  }

  /** Words that the user will say and that are hard to recognise: in the text box, separated by commas. */
  get hotwords() {
    const words = this.parts.hotwords.value.split(",").map((word) => word.trim().slice(0, MAX_HOTWORD_CHARS));
    return words.filter(Boolean).slice(0, MAX_HOTWORDS);
  }

  /** The language that the user speaks, as the server names it. */
  get spokenLanguage() {
    return this.parts["spoken-language"].value;
  }

  /** @param {string} language of the page */
  setLanguage(language) {
    this.translations.setLanguage(language);
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
    const { talk, stop, welcome, log } = this.parts;
    this.root.dataset.status = status;
    this.#setText(this.parts.status, this.pushToTalk && status === "idle" ? "state.idle_hold" : `state.${status}`);
    const talkKey = this.pushToTalk ? "talk.hold" : `talk.${sending ? "finish" : "start"}`;
    talk.setAttribute("aria-pressed", String(sending));
    talk.setAttribute("aria-label", this.translations.text(talkKey));
    this.parts["silence-row"].hidden = this.pushToTalk;
    stop.disabled = status !== "speaking" && status !== "thinking";
    this.parts.connection.dataset.state = connection;
    this.#setText(this.parts.connection, `connection.${connection === "waiting" ? "connecting" : connection}`);
    welcome.hidden = log.children.length > 0;
  }

  /** @param {string[]} voices that the server has, its default first; the user's choice is kept while it is there */
  #showVoices(voices) {
    const { voice, "voice-row": row } = this.parts;
    const chosen = voices.includes(voice.value) ? voice.value : voices[0];
    row.hidden = voices.length < 2;
    voice.replaceChildren(...voices.map((name) => new Option(name, name, false, name === chosen)));
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
