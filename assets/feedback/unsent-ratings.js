// Ratings that the server has not confirmed yet: one a turn, kept in the browser until it has.

const PREFIX = "inzwa.rating.";

/** More are not kept. */
const MAX_UNSENT = 50;

/**
 * @typedef {Object} Opinion what somebody thinks of a turn
 * @property {"up" | "down" | ""} verdict
 * @property {string[]} reasons
 * @property {string} transcript what was really said; empty where it was heard right
 * @property {string} better_reply
 * @property {string} comment
 *
 * @typedef {Opinion & {conversation: string, turn: number, key: string, at: number}} Rating made `at` ms since 1970
 */

/** An opinion that says nothing: it takes an earlier one back. @type {Opinion} */
export const NO_OPINION = { verdict: "", reasons: [], transcript: "", better_reply: "", comment: "" };

/** @param {{conversation: string, turn: number}} rating @returns {string} */
function name({ conversation, turn }) {
  return `${PREFIX}${conversation}.${turn}`;
}

/** Each is stored under a name of its own, so that two open pages do not undo each other's. */
export class UnsentRatings {
  #storage;

  /** @param {import("./storage.js").JsonStorage} storage */
  constructor(storage) {
    this.#storage = storage;
  }

  /** @returns {Rating[]} the newest first */
  list() {
    const names = this.#storage.names().filter((each) => each.startsWith(PREFIX));
    const ratings = names.map((each) => /** @type {Rating | null} */ (this.#storage.get(each)));
    return ratings.filter((rating) => rating !== null).sort((one, other) => other.at - one.at);
  }

  /** @param {Rating} rating that replaces the turn's former @returns {boolean} false where there is no room */
  put(rating) {
    const replaced = this.#storage.get(name(rating)) !== null;
    if (!replaced && this.list().length >= MAX_UNSENT) return false;
    this.#storage.set(name(rating), rating);
    return true;
  }

  /** @param {Rating} rating that is settled @returns {boolean} false where it has been replaced meanwhile */
  remove(rating) {
    const current = this.#storage.get(name(rating))?.key === rating.key;
    if (current) this.#storage.remove(name(rating));
    return current;
  }

  clear() {
    for (const rating of this.list()) this.#storage.remove(name(rating));
  }
}
