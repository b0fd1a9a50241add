// What is seen: state, words, log, notice, meter. Knows no sound and no line; changes nothing but the page.

import { Log } from "./transcript.js";
import { Models } from "./model-status.js";
import { Notice } from "./notice.js";
import { Words } from "./translations.js";

/** Level of a loud voice, root mean square: the meter is full there. */
const LOUD = 0.2;

/** What the server takes of names that the user will say: so many, of so many characters. */
const MOST_NAMES = 64;
const LONGEST_NAME = 64;

/** @param {HTMLElement} root @returns {Record<string, HTMLElement>} the elements with data-part, by name */
function partsOf(root) {
  return Object.fromEntries([...root.querySelectorAll("[data-part]")].map((element) => [element.dataset.part, element]));
}

export class View {
  /** @param {HTMLElement} root that holds talk.html @param {Record<string, Record<string, string>>} tables of words */
  constructor(root, tables) {
    this.root = root;
    this.parts = partsOf(root);
    this.words = new Words(tables);
    this.log = new Log(this.parts.log, this.words);
    this.notice = new Notice(this.parts.notice, this.words);
    this.models = new Models(this.parts.models, this.words, (voices) => this.offer(voices));
    this.choose(this.words.language);
  }

  /** Whether the user holds the button to talk; else the microphone stays open. */
  get hold() {
    return this.parts["mode-hold"].checked;
  }

  /** Milliseconds of silence that end what the user says, hands-free. */
  get patience() {
    return Number(this.parts.patience.value);
  }

  /** @param {number} ms to begin with: the server's own */
  set patience(ms) {
    this.parts.patience.value = String(ms);
    this.showPatience();
  }

  /** Says how long the chosen silence is. */
  showPatience() {
    this.parts["patience-shown"].textContent = `${(this.patience / 1000).toFixed(2)} s`;
  }

  /** How fast the voice speaks; 1 is its own pace. */
  get speed() {
    return Number(this.parts.speed.value);
  }

  /** @param {number} speed to begin with: the server's own */
  set speed(speed) {
    this.parts.speed.value = String(speed);
    this.showSpeed();
  }

  /** Says how fast the chosen speed is. */
  showSpeed() {
    this.parts["speed-shown"].textContent = `${this.speed.toFixed(2)}×`;
  }

  /** The voice chosen, as the server names it; empty where there is no choice. */
  get voice() {
    return this.parts["voice-row"].hidden ? "" : this.parts.voice.value;
  }

  /** @param {string[]} voices that the server has, its default first; the one chosen stays chosen while it is there */
  offer(voices) {
    const { voice, "voice-row": row } = this.parts;
    const chosen = voices.includes(voice.value) ? voice.value : voices[0];
    row.hidden = voices.length < 2;
    voice.replaceChildren(...voices.map((name) => new Option(name, name, false, name === chosen)));
  }

  /** Words that the user will say and that are hard to hear, between commas. */
  get names() {
    const words = this.parts.names.value.split(",").map((word) => word.trim().slice(0, LONGEST_NAME));
    return words.filter(Boolean).slice(0, MOST_NAMES);
  }

  /** The language that is spoken, as the server names it. */
  get spoken() {
    return this.parts.spoken.value;
  }

  /** @param {string} language of the page */
  choose(language) {
    this.words.choose(language);
    this.words.fill(this.root);
    document.documentElement.lang = language;
    for (const choice of this.root.querySelectorAll("[data-language]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.language === language));
    }
    this.notice.refresh();
    this.models.refresh();
  }

  /** Shows the box for an access code. */
  askCode() {
    this.parts.access.hidden = false;
  }

  /** @param {number} level of the microphone, root mean square, 0..1 */
  meter(level) {
    this.root.style.setProperty("--level", Math.min(1, Math.sqrt(level / LOUD)).toFixed(3));
  }

  /**
   * @param {string} status as conversation.js names it
   * @param {import("../conversation/connection.js").LineState} line
   * @param {boolean} pressed whether the microphone is on, or held
   */
  show(status, line, pressed) {
    const { talk, stop, connection, welcome, log } = this.parts;
    this.root.dataset.status = status;
    this.put(this.parts.status, this.hold && status === "idle" ? "state.idle_hold" : `state.${status}`);
    talk.setAttribute("aria-pressed", String(pressed));
    talk.setAttribute("aria-label", this.words.say(this.hold ? "talk.hold" : `talk.${pressed ? "finish" : "start"}`));
    this.parts["patience-row"].hidden = this.hold;
    stop.disabled = status !== "speaking" && status !== "thinking";
    connection.dataset.line = line;
    this.put(connection, `connection.${line === "waiting" ? "connecting" : line}`);
    welcome.hidden = log.children.length > 0;
  }

  /** Writes only what changed: a screen reader repeats what is written again. @private */
  put(element, key) {
    const text = this.words.say(key);
    if (element.textContent !== text) element.textContent = text;
  }
}
