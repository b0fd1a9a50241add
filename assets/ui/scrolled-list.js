// Keeps the end of a list in sight while it grows, unless the user has scrolled up.

/** Pixels above the end of the list at which it still counts as its end. */
const END_PX = 40;

export class ScrolledList {
  #list;
  /** Whether the end is kept in sight. */
  #following = true;

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
    list.addEventListener("scroll", () => this.#handleScroll());
    new ResizeObserver(() => this.follow()).observe(list);
    const growth = { subtree: true, childList: true, characterData: true, attributeFilter: ["hidden"] };
    new MutationObserver(() => this.follow()).observe(list, growth);
  }

  /** Shows the end, now and from now on. */
  showEnd() {
    this.#following = true;
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  /** Something has grown, or there is less room: the end is shown, unless the user has scrolled up, to read or rate. */
  follow() {
    if (this.#following) this.showEnd();
  }

  /** The user, or the page, has scrolled. */
  #handleScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    this.#following = scrollHeight - scrollTop - clientHeight < END_PX;
  }
}
