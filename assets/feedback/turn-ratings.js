// The ratings of the turns on the page: a row below each finished reply, and the way of each rating to the server.

import { newKey } from "./contributor.js";
import { CallError, UNKNOWN_CONTRIBUTOR } from "./gradio-call.js";
import { RatingDelivery } from "./rating-delivery.js";
import { RatingForm } from "./rating-form.js";
import { RatingRow } from "./rating-row.js";
import { RatingSender } from "./rating-sender.js";
import { NO_OPINION } from "./unsent-ratings.js";

/** Turns whose rows are kept; the page keeps no more. */
const MAX_ROWS = 64;

/**
 * @typedef {import("../conversation/conversation.js").Turn} Turn
 * @typedef {import("./unsent-ratings.js").Opinion} Opinion
 * @typedef {import("./unsent-ratings.js").Rating} Rating
 * @typedef {{row: RatingRow, opinion: Opinion, key: string}} Entry `key` of the last rating; empty before the first
 *
 * @typedef {Object} RatingListeners
 * @property {() => Promise<boolean>} consent asks for it, unless it is given
 * @property {(key: string) => void} say reads a text out, by its key
 * @property {(state: import("./rating-delivery.js").DeliveryState) => void} onState a rating is on its way, or settled
 * @property {(turn: Turn, transcript: string) => void} onTranscript the user has corrected what was heard
 */

/** @param {{conversation: string, number: number}} turn @returns {string} */
function turnName({ conversation, number }) {
  return `${conversation}.${number}`;
}

export class TurnRatings {
  #elements;
  #contributor;
  #listeners;
  #form;
  #delivery;
  /** By the turn's name. @type {Map<string, Entry>} */
  #entries = new Map();

  /**
   * @param {import("./elements.js").Elements} elements
   * @param {HTMLElement} root
   * @param {import("../conversation/connection.js").Connection} connection
   * @param {import("./feedback-api.js").FeedbackApi} api
   * @param {import("./contributor.js").Contributor} contributor
   * @param {import("./unsent-ratings.js").UnsentRatings} unsent
   * @param {RatingListeners} listeners
   */
  constructor(elements, root, connection, api, contributor, unsent, listeners) {
    this.#elements = elements;
    this.#contributor = contributor;
    this.#listeners = listeners;
    this.#form = new RatingForm(elements, root);
    this.sender = new RatingSender(connection, api);
    this.#delivery = new RatingDelivery(unsent, {
      send: (rating) => this.#send(rating),
      onState: (rating, state, code) => this.#showState(rating, state, code),
    });
  }

  /** Tries now to send what was left unsent. */
  resume() {
    return this.#delivery.resume();
  }

  /** Forgets what was said about the turns on the page: it is deleted. */
  reset() {
    for (const entry of this.#entries.values()) {
      Object.assign(entry, { opinion: NO_OPINION, key: "" });
      entry.row.show("", false, "none", "");
    }
  }

  /** @param {Turn} turn that is over and has a reply @param {HTMLElement} slot below it */
  addRow(turn, slot) {
    if (this.#entries.has(turnName(turn))) return;
    const row = new RatingRow(this.#elements, slot, {
      onVerdict: (verdict) => this.#rate(turn, { ...entry.opinion, verdict }),
      onDetails: () => this.#form.open(turn, entry.opinion, (opinion) => this.#rate(turn, opinion)),
    });
    /** @type {Entry} */
    const entry = { row, opinion: NO_OPINION, key: "" };
    this.#entries.set(turnName(turn), entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_ROWS) this.#entries.delete(oldest);
  }

  /** @param {Turn} turn @param {Opinion} opinion @returns {Promise<boolean>} false without consent */
  async #rate(turn, opinion) {
    const entry = this.#entries.get(turnName(turn));
    if (!entry || !(await this.#listeners.consent())) return false;
    Object.assign(entry, { opinion, key: newKey() });
    if (opinion.transcript) this.#listeners.onTranscript(turn, opinion.transcript);
    const { conversation, number } = turn;
    this.#delivery.deliver({ ...opinion, conversation, turn: number, key: entry.key, at: Date.now() });
    return true;
  }

  /** @param {Rating} rating @returns {Promise<void>} */
  async #send(rating) {
    const { code } = this.#contributor;
    if (!code) throw new CallError("consent_needed", false);
    try {
      await this.sender.send(rating, code);
    } catch (error) {
      const unknown = error instanceof CallError && UNKNOWN_CONTRIBUTOR.includes(error.code);
      if (unknown && this.#contributor.code === code) this.#contributor.forget();
      throw error;
    }
  }

  /** @param {Rating} rating @param {import("./rating-delivery.js").DeliveryState} state @param {string} code */
  #showState({ conversation, turn: number, key, ...opinion }, state, code) {
    this.#listeners.onState(state);
    const error = state === "failed" ? this.#elements.errorKey(code) : "";
    const entry = this.#entries.get(turnName({ conversation, number }));
    if (entry?.key === key) {
      const { verdict, reasons, transcript, better_reply, comment } = opinion;
      const detailed = reasons.length > 0 || Boolean(transcript || better_reply || comment);
      entry.row.show(verdict, detailed, state, error);
    }
    this.#listeners.say(error || `rate.${state}`);
  }
}
