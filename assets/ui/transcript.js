// The transcript on the page: one list item a turn. Texts of people and models enter only as textContent.

import { ScrolledList } from "./scrolled-list.js";

/** Turns kept on the page; older ones are removed. */
const MAX_TURNS = 60;

/** The latencies shown below a turn: the key of the label, and the field of `turn.end`. */
const LATENCIES = /** @type {const} */ ([
  ["latency.first_audio", "first_audio_ms"],
  ["latency.asr", "asr_ms"],
  ["latency.llm", "llm_first_token_ms"],
  ["latency.tts", "tts_first_audio_ms"],
  ["latency.total", "total_ms"],
]);

/** Paints the phrase that is heard without changing the document, so that a screen reader does not read it again. */
const HIGHLIGHT = "Highlight" in globalThis ? new Highlight() : null;
if (HIGHLIGHT) CSS.highlights.set("inzwa-heard", HIGHLIGHT);

/**
 * @typedef {import("../conversation/conversation.js").Turn} Turn
 * @typedef {import("../audio/phrase-timeline.js").Phrase} Phrase
 * @typedef {import("./translations.js").Translations} Translations
 *
 * @typedef {Object} Entry the elements that show one turn
 * @property {HTMLElement} item
 * @property {HTMLElement} you the user's bubble
 * @property {HTMLElement} answer the reply's bubble
 * @property {HTMLElement} stable
 * @property {HTMLElement} tail
 * @property {HTMLElement} reply
 * @property {HTMLElement} latency
 * @property {HTMLButtonElement} replay plays the reply again
 * @property {HTMLElement} slot for what the user thinks of the turn
 *
 * @typedef {(turn: Turn, place: {item: HTMLElement, slot: HTMLElement}) => void} TurnListener
 *   a turn is new or has changed: its list item, and the empty element in it where a rating belongs
 *
 * @typedef {Object} TranscriptListeners
 * @property {TurnListener} onTurnShown
 * @property {(turn: Turn) => void} onReplay the user wants to hear the reply again, or no longer
 *
 * @typedef {Object} ReplayState
 * @property {(turn: Turn) => boolean} available whether the reply's sound is kept
 * @property {Turn | null} playing the turn whose reply is being played again
 * @property {boolean} busy whether something else is being said
 */

/** @param {string} text @param {number} characters code points @returns {number} their length in UTF-16 code units */
function utf16Length(text, characters) {
  return Array.from(text).slice(0, characters).join("").length;
}

/**
 * Writes only what has changed: a screen reader reads again what is written again.
 * @param {HTMLElement} element @param {string} text
 */
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {string} tag @param {string} className @param {string} [text] @returns {HTMLElement} */
function createElement(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

export class Transcript {
  #list;
  #translations;
  #replayButton;
  #listeners;
  #scrolled;
  /** Those on the page, oldest first. @type {Turn[]} */
  #turns = [];
  /** @type {WeakMap<Turn, Entry>} */
  #entries = new WeakMap();
  /** What is heard now. @type {{turn: Turn, phrase: Phrase} | null} */
  #heard = null;

  /**
   * @param {Pick<import("./view.js").Parts, "log" | "turns" | "replay-button">} parts what scrolls, the list in it, and
   *   the button of each item
   * @param {Translations} translations
   * @param {TranscriptListeners} listeners
   */
  constructor({ log, turns, "replay-button": replayButton }, translations, listeners) {
    this.#list = turns;
    this.#replayButton = replayButton;
    this.#translations = translations;
    this.#listeners = listeners;
    this.#scrolled = new ScrolledList(log);
  }

  /** The turns on the page, oldest first. @returns {readonly Turn[]} */
  get turns() {
    return this.#turns;
  }

  /** Removes all turns. */
  clear() {
    this.#turns = [];
    this.#list.replaceChildren();
    this.highlight(undefined, null);
  }

  /** Shows the last turn, and from now on each that comes. */
  showLast() {
    this.#scrolled.showEnd();
  }

  /** Shows which replies can be heard again, and which one is being heard. @param {ReplayState} state */
  showReplays({ available, playing, busy }) {
    for (const turn of this.#turns) {
      const button = this.#entries.get(turn)?.replay;
      if (!button) continue;
      const own = turn === playing;
      button.hidden = !available(turn) || !turn.over;
      button.disabled = busy && !own;
      button.dataset.playing = String(own);
      this.#relabel(button.querySelector("span"), own ? "talk.stop" : "conversation.replay");
    }
  }

  /** @param {HTMLElement | null} label that follows the page's language @param {string} key of its text from now on */
  #relabel(label, key) {
    if (!label || label.dataset.i18n === key) return;
    label.dataset.i18n = key;
    label.textContent = this.#translations.text(key);
  }

  /**
   * Marks what is heard now; nothing where either is missing.
   * @param {Turn | undefined} turn @param {Phrase | null} phrase of its reply
   */
  highlight(turn, phrase) {
    this.#heard = turn && phrase ? { turn, phrase } : null;
    this.#paintHighlight();
  }

  #paintHighlight() {
    HIGHLIGHT?.clear();
    const text = this.#heard && this.#entries.get(this.#heard.turn)?.reply.firstChild;
    if (!this.#heard || !(text instanceof Text)) return;
    const { start, end } = this.#heard.phrase;
    const range = new Range();
    range.setStart(text, utf16Length(text.data, start));
    range.setEnd(text, utf16Length(text.data, end));
    HIGHLIGHT?.add(range);
  }

  /** @param {Turn} turn that is new or has changed */
  show(turn) {
    const entry = this.#entries.get(turn) ?? this.#addEntry(turn);
    setText(entry.stable, turn.stable);
    setText(entry.tail, turn.tail);
    setText(entry.reply, turn.reply);
    if (this.#heard?.turn === turn) this.#paintHighlight();
    entry.you.hidden = !turn.stable && !turn.tail;
    entry.answer.hidden = !turn.reply;
    entry.item.hidden = entry.you.hidden && entry.answer.hidden;
    entry.item.setAttribute("aria-busy", String(!turn.over));
    this.#showOutcome(entry.latency, turn);
    this.#listeners.onTurnShown(turn, entry);
  }

  /** @param {Turn} turn @returns {Entry} */
  #addEntry(turn) {
    const item = createElement("li", "turn");
    const [stable, tail] = [createElement("span", "stable"), createElement("span", "tail")];
    const reply = createElement("span", "reply");
    const you = this.#createBubble("you", "page.you", [stable, tail]);
    const answer = this.#createBubble("answer", "page.inzwa", [reply]);
    const replay = this.#createReplayButton(turn);
    const latency = createElement("p", "latency");
    const slot = createElement("div", "feedback-slot");
    slot.dataset.part = "feedback-slot";
    slot.setAttribute("aria-live", "off"); // controls are not part of what is said
    const below = createElement("div", "below");
    below.append(replay, latency);
    item.append(you, answer, below, slot);
    this.#list.append(item);
    this.#turns.push(turn);
    while (this.#turns.length > MAX_TURNS) this.#removeOldest();
    const entry = { item, you, answer, stable, tail, reply, replay, latency, slot };
    this.#entries.set(turn, entry);
    return entry;
  }

  #removeOldest() {
    this.#turns.shift();
    this.#list.firstElementChild?.remove();
  }

  /** @param {Turn} turn @returns {HTMLButtonElement} */
  #createReplayButton(turn) {
    const { firstElementChild } = this.#replayButton.content;
    const button = /** @type {HTMLButtonElement} */ (firstElementChild?.cloneNode(true));
    button.addEventListener("click", () => this.#listeners.onReplay(turn));
    return button;
  }

  /**
   * @param {string} className @param {string} speakerKey @param {HTMLElement[]} parts of what is said
   * @returns {HTMLElement}
   */
  #createBubble(className, speakerKey, parts) {
    const bubble = createElement("div", `bubble ${className}`);
    const paragraph = createElement("p", "words");
    paragraph.append(...parts);
    bubble.append(this.#createLabel(speakerKey, "who"), paragraph);
    return bubble;
  }

  /** Shows the turn's latencies, and whether it was interrupted. @param {HTMLElement} line @param {Turn} turn */
  #showOutcome(line, { latency, reply, cancelled }) {
    line.replaceChildren();
    for (const [key, field] of LATENCIES) {
      const milliseconds = latency?.[field];
      if (typeof milliseconds !== "number") continue;
      const figure = createElement("span", "figure");
      figure.append(this.#createLabel(key, "what"), createElement("b", "ms", `${Math.round(milliseconds)} ms`));
      line.append(figure);
    }
    if (reply && cancelled) line.append(this.#createLabel("page.interrupted", "cut"));
  }

  /** A text that follows the page's language. @param {string} key @param {string} className @returns {HTMLElement} */
  #createLabel(key, className) {
    const element = createElement("span", className, this.#translations.text(key));
    element.dataset.i18n = key;
    return element;
  }
}
