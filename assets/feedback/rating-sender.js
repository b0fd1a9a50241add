// Sends one rating: over the open socket, else by the endpoint; it is sent once the server says that it is on disk.

import { CallError } from "./gradio-call.js";

/** Milliseconds in which the server must have answered over the socket. */
const TIMEOUT_MS = 10_000;

/**
 * @typedef {import("./unsent-ratings.js").Rating} Rating
 * @typedef {{resolve: () => void, reject: (error: CallError) => void}} Waiting
 */

export class RatingSender {
  #connection;
  #api;
  /** By the message's key. @type {Map<string, Waiting>} */
  #waiting = new Map();

  /**
   * @param {import("../conversation/connection.js").Connection} connection
   * @param {import("./feedback-api.js").FeedbackApi} api
   */
  constructor(connection, api) {
    this.#connection = connection;
    this.#api = api;
  }

  /** @param {Rating} rating @param {string} code of the contributor @returns {Promise<void>} rejects with CallError */
  async send(rating, code) {
    if (this.#connection.state === "open") await this.#sendOverSocket(rating, code);
    else await this.#api.rate(rating, code);
  }

  /** @param {import("../conversation/protocol.js").ServerEvent} event */
  handleEvent(event) {
    if (event.type === "rated") this.#waiting.get(event.key)?.resolve();
    else if (event.type === "error" && event.key) {
      this.#waiting.get(event.key)?.reject(new CallError(event.code, event.retryable));
    } else if (event.type === "ready") {
      for (const { reject } of this.#waiting.values()) reject(new CallError("offline")); // asked on an earlier socket
    }
  }

  /** @param {Rating} rating @param {string} code @returns {Promise<void>} */
  #sendOverSocket({ at: _at, ...rating }, code) {
    const { key } = rating;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#waiting.get(key)?.reject(new CallError("offline")), TIMEOUT_MS);
      const settle = () => { clearTimeout(timer); this.#waiting.delete(key); };
      this.#waiting.set(key, {
        resolve: () => { settle(); resolve(); },
        reject: (error) => { settle(); reject(error); },
      });
      this.#connection.send({ type: "rate", contributor: code, ...rating });
    });
  }
}
