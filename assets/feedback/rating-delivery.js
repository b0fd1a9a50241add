// Delivers ratings: each is sent again, with the same key and after a growing delay, until the server has settled it.

import { CallError } from "./gradio-call.js";

/** Seconds to wait after the first, second, … pass that left something unsent. */
const DELAYS_S = [1, 2, 4, 8, 15, 30, 60];

/**
 * @typedef {import("./unsent-ratings.js").Rating} Rating
 * @typedef {"saving" | "saved" | "retrying" | "failed"} DeliveryState `failed`: it is not tried again
 *
 * @typedef {Object} DeliveryListeners
 * @property {(rating: Rating) => Promise<void>} send rejects with CallError
 * @property {(rating: Rating, state: DeliveryState, code: string) => void} onState with the error's code, or empty
 */

export class RatingDelivery {
  #unsent;
  #listeners;
  #passes = 0;
  #running = false;
  /** Whether something came while a pass was under way. */
  #again = false;
  /** @type {number | undefined} */
  #timer;

  /** @param {import("./unsent-ratings.js").UnsentRatings} unsent @param {DeliveryListeners} listeners */
  constructor(unsent, listeners) {
    this.#unsent = unsent;
    this.#listeners = listeners;
    window.addEventListener("online", () => this.resume());
  }

  /** @param {Rating} rating kept until it is settled */
  deliver(rating) {
    if (!this.#unsent.put(rating)) {
      this.#listeners.onState(rating, "failed", "too_many_unsent");
      return;
    }
    this.#listeners.onState(rating, "saving", "");
    this.resume();
  }

  /** Tries now to send what is left, as after a reload. */
  async resume() {
    this.#again = true;
    if (this.#running) return;
    clearTimeout(this.#timer);
    this.#running = true;
    while (this.#again) {
      this.#again = false;
      await this.#pass();
    }
    this.#running = false;
    this.#scheduleNext();
  }

  #scheduleNext() {
    if (this.#unsent.list().length === 0) {
      this.#passes = 0;
      return;
    }
    const seconds = DELAYS_S[Math.min(this.#passes, DELAYS_S.length - 1)];
    this.#passes += 1;
    this.#timer = setTimeout(() => this.resume(), seconds * 1000);
  }

  /** Sends each once, unless the server is away: then the others wait too. */
  async #pass() {
    for (const rating of this.#unsent.list()) {
      if (!(await this.#attempt(rating)) || this.#again) return;
    }
  }

  /** @param {Rating} rating @returns {Promise<boolean>} whether the next may be tried at once */
  async #attempt(rating) {
    try {
      await this.#listeners.send(rating);
    } catch (error) {
      return this.#handleError(rating, error instanceof CallError ? error : new CallError("unknown"));
    }
    this.#settle(rating, "saved", "");
    return true;
  }

  /** @param {Rating} rating @param {CallError} error @returns {boolean} */
  #handleError(rating, { code, retryable }) {
    if (!retryable) {
      this.#settle(rating, "failed", code);
      return true;
    }
    this.#listeners.onState(rating, "retrying", code);
    return code === "unknown";
  }

  /** @param {Rating} rating @param {DeliveryState} state @param {string} code */
  #settle(rating, state, code) {
    if (this.#unsent.remove(rating)) this.#listeners.onState(rating, state, code);
  }
}
