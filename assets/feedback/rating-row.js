// The row below a reply: thumbs up and down, the way to the details, and whether the rating is saved.

const THUMB_ICON =
  "M7 11v9H4v-9zM7 11l4-8c1.7 0 2.6 1.1 2.3 2.7L12.8 9H19c1.2 0 2 1 1.8 2.2l-1.3 7c-.2 1.1-1 1.8-2.1 1.8H7";

/** What is shown of each state of delivery. */
const STATE_KEYS = {
  none: "", saving: "rate.saving", saved: "rate.saved", retrying: "rate.retrying", failed: "rate.failed",
};

/**
 * @typedef {"none" | import("./rating-delivery.js").DeliveryState} RowState `none` before the first rating
 *
 * @typedef {Object} RowListeners
 * @property {(verdict: "up" | "down" | "") => void} onVerdict the user has pressed a thumb; empty: let it go again
 * @property {() => void} onDetails
 */

export class RatingRow {
  #elements;
  #thumbs;
  #details;
  #state;

  /**
   * @param {import("./elements.js").Elements} elements
   * @param {HTMLElement} slot below the reply
   * @param {RowListeners} listeners
   */
  constructor(elements, slot, { onVerdict, onDetails }) {
    this.#elements = elements;
    this.#thumbs = /** @type {const} */ (["up", "down"]).map((verdict) => {
      const thumb = elements.button({ className: `thumb ${verdict}`, label: `rate.${verdict}` }, () =>
        onVerdict(thumb.getAttribute("aria-pressed") === "true" ? "" : verdict));
      thumb.dataset.verdict = verdict;
      thumb.append(elements.icon(THUMB_ICON));
      return thumb;
    });
    this.#details = elements.button({ className: "more", key: "rate.details" }, onDetails);
    this.#details.setAttribute("aria-haspopup", "dialog");
    this.#state = elements.create("span", { className: "rating-state" });
    const row = elements.create("div", { className: "rating", label: "rate.heading" });
    row.setAttribute("role", "group");
    row.setAttribute("aria-live", "off"); // the log around it is read when it changes; the ratings' own line says more
    row.append(...this.#thumbs, this.#details, this.#state);
    slot.append(row);
    this.show("", false, "none", "");
  }

  /**
   * @param {string} verdict
   * @param {boolean} detailed whether more than the verdict is given
   * @param {RowState} state of the rating
   * @param {string} error key of the reason; empty for none
   */
  show(verdict, detailed, state, error) {
    for (const thumb of this.#thumbs) thumb.setAttribute("aria-pressed", String(thumb.dataset.verdict === verdict));
    this.#details.dataset.given = String(detailed);
    this.#state.dataset.state = state;
    const nothing = state === "saved" && !verdict && !detailed;
    this.#elements.setText(this.#state, error || (nothing ? "rate.taken_back" : STATE_KEYS[state]));
  }
}
