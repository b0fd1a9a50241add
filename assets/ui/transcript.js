// The conversation on the page: one entry a turn. What people and models say enters only as textContent.

/** Turns kept on the page; older ones leave. */
const KEPT = 60;

const FIGURES = [
  ["latency.first_audio", "first_audio_ms"],
  ["latency.asr", "asr_ms"],
  ["latency.llm", "llm_first_token_ms"],
  ["latency.tts", "tts_first_audio_ms"],
  ["latency.total", "total_ms"],
];

/** The words being heard: painted over the text, so that a screen reader is not told them again. */
const HEARD = "Highlight" in globalThis ? new Highlight() : null;
if (HEARD) CSS.highlights.set("inzwa-heard", HEARD);

/** @param {string} text @param {number} characters code points @returns {number} the units that they take in JavaScript */
function units(text, characters) {
  return Array.from(text).slice(0, characters).join("").length;
}

/** Writes only what changed: a screen reader repeats what is written again. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {string} tag @param {string} name its class @param {string} [text] @returns {HTMLElement} */
function make(tag, name, text = "") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

/** One bubble: who speaks, and their words. */
function bubble(who, whoKey, words) {
  const box = make("div", `bubble ${who}`);
  const name = make("span", "who", words.say(whoKey));
  name.dataset.say = whoKey;
  box.append(name);
  return box;
}

/** Renders turns; remembers which element shows which turn. */
export class Log {
  /** @param {HTMLElement} list an <ol> @param {import("./translations.js").Words} words */
  constructor(list, words) {
    this.list = list;
    this.words = words;
    /** @type {WeakMap<Object, Object>} */
    this.entries = new WeakMap();
    /** @type {{turn: import("../conversation/conversation.js").Turn, phrase: import("../audio/phrase-timeline.js").Phrase} | null} */
    this.heard = null;
  }

  /** @param {import("../conversation/conversation.js").Turn | undefined} turn @param {import("../audio/phrase-timeline.js").Phrase | null} phrase of
   *   its reply that is heard now; nothing of any where either is missing */
  mark(turn, phrase) {
    this.heard = turn && phrase ? { turn, phrase } : null;
    this.paint();
  }

  /** @private */
  paint() {
    HEARD?.clear();
    const text = this.heard && this.entries.get(this.heard.turn)?.reply.firstChild;
    if (!text) return;
    const { start, end } = this.heard.phrase;
    const range = new Range();
    range.setStart(text, units(text.data, start));
    range.setEnd(text, units(text.data, end));
    HEARD?.add(range);
  }

  /** @param {import("../conversation/conversation.js").Turn} turn */
  show(turn) {
    const entry = this.entries.get(turn) ?? this.add(turn);
    put(entry.stable, turn.stable);
    put(entry.tail, turn.tail);
    put(entry.reply, turn.reply);
    if (this.heard?.turn === turn) this.paint();
    entry.you.hidden = !turn.stable && !turn.tail;
    entry.answer.hidden = !turn.reply;
    entry.item.hidden = entry.you.hidden && entry.answer.hidden;
    entry.item.setAttribute("aria-busy", String(!turn.over));
    this.figures(entry.latency, turn);
    this.list.scrollTop = this.list.scrollHeight;
  }

  /** @private */
  add(turn) {
    const item = make("li", "turn");
    const you = bubble("you", "page.you", this.words);
    const answer = bubble("answer", "page.inzwa", this.words);
    const entry = { item, you, answer, stable: make("span", "stable"), tail: make("span", "tail"),
      reply: make("span", "reply"), latency: make("p", "latency") };
    const said = make("p", "words");
    said.append(entry.stable, entry.tail);
    const replied = make("p", "words");
    replied.append(entry.reply);
    you.append(said);
    answer.append(replied);
    item.append(you, answer, entry.latency);
    this.list.append(item);
    while (this.list.children.length > KEPT) this.list.firstElementChild.remove();
    this.entries.set(turn, entry);
    return entry;
  }

  /** @private */
  figures(line, { latency, reply, cancelled }) {
    line.replaceChildren();
    for (const [key, field] of FIGURES) {
      if (typeof latency?.[field] !== "number") continue;
      const figure = make("span", "figure");
      figure.append(this.word(key, "what"), make("b", "ms", `${Math.round(latency[field])} ms`));
      line.append(figure);
    }
    if (reply && cancelled) line.append(this.word("page.interrupted", "cut"));
  }

  /** @private */
  word(key, name) {
    const element = make("span", name, this.words.say(key));
    element.dataset.say = key;
    return element;
  }
}
