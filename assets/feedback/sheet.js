// A modal dialog with a heading and a close button: at the bottom of a phone's screen, in the middle of a wider one.

const CLOSE_ICON = "M6 6l12 12M18 6L6 18";

export class Sheet {
  #dialog;
  #status;
  #elements;

  /**
   * @param {import("./elements.js").Elements} elements
   * @param {HTMLElement} root
   * @param {string} name of the dialog, for its data-part
   * @param {string} heading key of the text
   */
  constructor(elements, root, name, heading) {
    this.#elements = elements;
    const title = elements.create("h2", { key: heading });
    const close = elements.button({ className: "quiet", label: "talk.close" }, () => this.close());
    close.append(elements.icon(CLOSE_ICON));
    this.#status = elements.create("p", { className: "sheet-status" });
    this.#status.setAttribute("role", "status");
    /** What the dialog holds between its heading and its status line. */
    this.body = elements.create("div", { className: "sheet-body" });
    this.#dialog = elements.create("dialog", { className: "sheet", label: heading });
    this.#dialog.dataset.part = name;
    this.#dialog.append(elements.create("div", { className: "sheet-head" }, title, close), this.body, this.#status);
    for (const type of /** @type {const} */ (["keydown", "keyup"])) {
      // Escape and Space mean something else on the page below.
      this.#dialog.addEventListener(type, (event) => event.stopPropagation());
    }
    root.append(this.#dialog);
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open() {
    this.say("");
    if (!this.#dialog.open) this.#dialog.showModal();
    this.body.scrollTop = 0;
  }

  /** The focus goes back to where it was. */
  close() {
    if (this.#dialog.open) this.#dialog.close();
  }

  /** @param {() => void} listener called when the dialog closes, however that happens */
  onClose(listener) {
    this.#dialog.addEventListener("close", listener);
  }

  /** Shows a line, which a screen reader reads. @param {string} key of the text; empty for none */
  say(key) {
    this.#elements.setText(this.#status, key);
  }
}
