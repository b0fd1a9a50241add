// The user's choices for the conversation: mode, spoken language, patience, voice, speed, names. Read from their
// controls, and remembered for the next visit.

import { recall, remember } from "./preferences.js";

/** The server's limits on hotwords: how many, and of how many characters. */
const MAX_HOTWORDS = 64;
const MAX_HOTWORD_CHARS = 64;

/**
 * @typedef {import("./preferences.js").Preference} Preference
 * @typedef {Pick<import("./view.js").Parts, "mode-free" | "mode-hold" | "spoken-language" | "silence" | "silence-row" |
 *   "silence-value" | "voice" | "voice-row" | "speed" | "speed-value" | "hotwords">} Controls
 *
 * @typedef {Object} Defaults the server's settings
 * @property {number} silence milliseconds of silence that end an utterance
 * @property {number} speed of the voice
 */

/** @param {HTMLInputElement} range @param {string | null} value @returns {boolean} whether it lies in the range */
function fits({ min, max }, value) {
  return value !== null && value !== "" && Number(value) >= Number(min) && Number(value) <= Number(max);
}

/** @param {HTMLSelectElement} select @param {string | null} value @returns {boolean} whether it is an option */
function offers({ options }, value) {
  return [...options].some((option) => option.value === value);
}

export class Choices {
  #controls;
  /** The voice chosen before the server's voices were known. */
  #wantedVoice = recall("voice");

  /** @param {Controls} controls @param {Defaults} defaults */
  constructor(controls, defaults) {
    this.#controls = controls;
    this.#restore(defaults);
    const { silence, speed } = controls;
    silence.addEventListener("input", () => this.#showSilence());
    speed.addEventListener("input", () => this.#showSpeed());
    for (const [name, control] of this.#remembered) {
      control.addEventListener("change", () => remember(name, control.value));
    }
    for (const mode of this.modes) mode.addEventListener("change", () => remember("mode", this.#mode));
  }

  /** The controls whose value is remembered as it is, by the preference's name. */
  get #remembered() {
    const { "spoken-language": spoken, silence: patience, voice, speed, hotwords: names } = this.#controls;
    return /** @type {[Preference, HTMLInputElement | HTMLSelectElement][]} */ (
      Object.entries({ spoken, patience, voice, speed, names })
    );
  }

  /** The two buttons that choose the mode. */
  get modes() {
    return [this.#controls["mode-free"], this.#controls["mode-hold"]];
  }

  /** The other controls. A new choice holds from the next connection on. */
  get controls() {
    return this.#remembered.map(([, control]) => control);
  }

  /** Whether the mode is push-to-talk; else it is hands-free. */
  get pushToTalk() {
    return this.#controls["mode-hold"].checked;
  }

  get #mode() {
    return this.pushToTalk ? "hold" : "free";
  }

  /** Milliseconds of silence that end an utterance, hands-free. */
  get silenceMs() {
    return Number(this.#controls.silence.value);
  }

  /** Speed of the voice; 1 is its own. */
  get speed() {
    return Number(this.#controls.speed.value);
  }

  /** The voice chosen, as the server names it; empty where there is no choice. */
  get voice() {
    const { voice, "voice-row": row } = this.#controls;
    return row.hidden ? "" : voice.value;
  }

  /** Words that the user will say and that are hard to recognise: in the text box, separated by commas. */
  get hotwords() {
    const words = this.#controls.hotwords.value.split(",").map((word) => word.trim().slice(0, MAX_HOTWORD_CHARS));
    return words.filter(Boolean).slice(0, MAX_HOTWORDS);
  }

  /** The language that the user speaks, as the server names it. */
  get spokenLanguage() {
    return this.#controls["spoken-language"].value;
  }

  /** @param {string[]} voices that the server has, its default first; the user's choice is kept while it is there */
  showVoices(voices) {
    const { voice, "voice-row": row } = this.#controls;
    const wanted = voice.value || this.#wantedVoice;
    const chosen = wanted !== null && voices.includes(wanted) ? wanted : voices[0];
    row.hidden = voices.length < 2;
    voice.replaceChildren(...voices.map((name) => new Option(name, name, false, name === chosen)));
  }

  /** Shows what was chosen at an earlier visit, else the server's settings. @param {Defaults} defaults */
  #restore(defaults) {
    const { silence, speed, hotwords, "spoken-language": spoken } = this.#controls;
    const [patience, pace, language] = [recall("patience"), recall("speed"), recall("spoken")];
    silence.value = String(fits(silence, patience) ? patience : defaults.silence);
    speed.value = String(fits(speed, pace) ? pace : defaults.speed);
    if (offers(spoken, language)) spoken.value = String(language);
    hotwords.value = (recall("names") ?? "").slice(0, hotwords.maxLength);
    this.#controls["mode-hold"].checked = recall("mode") === "hold";
    this.#showSilence();
    this.#showSpeed();
  }

  /** Writes the value beside the slider. */
  #showSilence() {
    this.#controls["silence-value"].textContent = `${(this.silenceMs / 1000).toFixed(2)} s`;
  }

  /** Writes the value beside the slider. */
  #showSpeed() {
    this.#controls["speed-value"].textContent = `${this.speed.toFixed(2)}×`;
  }
}
