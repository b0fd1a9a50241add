// The details of a rating: reasons, what was really said, a better answer, and a comment; of one turn at a time.

import { NO_OPINION } from "./unsent-ratings.js";
import { Sheet } from "./sheet.js";

/** As inzwa/feedback/records.py names them. */
const REASONS = [
  "misheard", "wrong_answer", "bad_shona", "unnatural_voice", "too_slow", "interrupted_me", "unsafe", "other",
];

/** The server's limit on each text, in characters. */
const MAX_CHARS = 2000;

/**
 * @typedef {import("./unsent-ratings.js").Opinion} Opinion
 * @typedef {import("../conversation/conversation.js").Turn} Turn
 * @typedef {(opinion: Opinion) => Promise<boolean>} Save gives whether it was accepted for saving
 */

export class RatingForm {
  #elements;
  #sheet;
  #form;
  #heard;
  #reply;
  /** @type {HTMLInputElement[]} */
  #reasons;
  #transcript;
  #better;
  #comment;
  #takeBack;
  /** What is being rated. @type {{turn: Turn, opinion: Opinion, save: Save} | null} */
  #rated = null;

  /** @param {import("./elements.js").Elements} elements @param {HTMLElement} root */
  constructor(elements, root) {
    this.#elements = elements;
    this.#sheet = new Sheet(elements, root, "rating-form", "rate.heading");
    this.#heard = elements.create("p", { className: "quote you" });
    this.#reply = elements.create("p", { className: "quote answer" });
    this.#reasons = REASONS.map((value) => elements.create("input", { type: "checkbox", value }));
    this.#transcript = this.#textarea();
    this.#better = this.#textarea();
    this.#comment = this.#textarea();
    this.#takeBack = elements.button({ key: "rate.take_back" }, () => this.#save({ ...NO_OPINION }));
    const save = elements.create("button", { type: "submit", className: "primary", key: "rate.save" });
    this.#form = elements.create("form", { className: "details" });
    this.#form.append(
      this.#heard, this.#reply, this.#chips(),
      this.#labelled("rate.transcript", this.#transcript),
      this.#labelled("rate.better_reply", this.#better),
      this.#labelled("rate.comment", this.#comment),
      elements.create("div", { className: "actions" }, this.#takeBack, save),
    );
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#save(this.#read());
    });
    this.#sheet.body.append(this.#form);
  }

  /** @param {Turn} turn @param {Opinion} opinion so far @param {Save} save */
  open(turn, opinion, save) {
    this.#rated = { turn, opinion, save };
    this.#heard.textContent = turn.stable;
    this.#reply.textContent = turn.reply;
    for (const reason of this.#reasons) reason.checked = opinion.reasons.includes(reason.value);
    this.#transcript.value = opinion.transcript || turn.stable;
    this.#better.value = opinion.better_reply;
    this.#comment.value = opinion.comment;
    this.#takeBack.hidden = JSON.stringify(opinion) === JSON.stringify(NO_OPINION);
    this.#sheet.open();
  }

  /** @returns {Opinion} */
  #read() {
    const said = this.#transcript.value.trim();
    return {
      verdict: this.#rated?.opinion.verdict ?? "",
      reasons: this.#reasons.filter(({ checked }) => checked).map(({ value }) => value),
      transcript: said === this.#rated?.turn.stable.trim() ? "" : said,
      better_reply: this.#better.value.trim(),
      comment: this.#comment.value.trim(),
    };
  }

  /** @param {Opinion} opinion */
  async #save(opinion) {
    if (await this.#rated?.save(opinion)) this.#sheet.close();
  }

  #chips() {
    const chips = this.#reasons.map((reason) =>
      this.#elements.create("label", { className: "chip" }, reason,
        this.#elements.create("span", { key: `rate.reason_${reason.value}` })));
    const legend = this.#elements.create("legend", { key: "rate.reasons" });
    return this.#elements.create("fieldset", { className: "chips" }, legend, ...chips);
  }

  #textarea() {
    return this.#elements.create("textarea", { rows: 2, maxLength: MAX_CHARS });
  }

  /** @param {string} key @param {HTMLElement} control */
  #labelled(key, control) {
    return this.#elements.create("label", { className: "field" }, this.#elements.create("span", { key }), control);
  }
}
