// The parts that the forms of tasks are made of: sounds that must be heard, marks, choices, texts.

/**
 * @typedef {import("../feedback/elements.js").Elements} Elements
 * @typedef {import("./task-api.js").Answer} Answer
 */

/** The server's limit on a text, in characters. */
const MAX_CHARS = 2000;

/** Share of a sound that has been heard when it counts as heard. */
const HEARD = 0.8;

/** A question with one answer among some. */
export class Choice {
  #inputs;

  /**
   * @param {Elements} elements
   * @param {string} name unique in the form
   * @param {string} question key of the text
   * @param {{value: string, key: string, number?: string}[]} options the number stands before its text
   * @param {unknown} chosen before
   */
  constructor(elements, name, question, options, chosen) {
    this.name = name;
    this.#inputs = options.map(({ value }) =>
      elements.create("input", { type: "radio", name, value, checked: value === String(chosen) }));
    const labels = options.map(({ key, number = "" }, i) => elements.create("label", { className: "option" },
      this.#inputs[i],
      elements.create("span", {}, ...(number ? [elements.create("b", { textContent: number })] : []),
        elements.create("span", { key }))));
    this.element = elements.create("fieldset", { className: "question" },
      elements.create("legend", { key: question }), elements.create("div", { className: "options" }, ...labels));
    if (options.length === 5) this.element.classList.add("marks");
  }

  /** Empty while nothing is chosen. */
  get value() {
    return this.#inputs.find(({ checked }) => checked)?.value ?? "";
  }

  /** @param {() => void} listener */
  onChange(listener) {
    this.element.addEventListener("change", listener);
  }
}

/** @param {Elements} elements @param {string} name @param {string} question @param {unknown} chosen */
export function marks(elements, name, question, chosen) {
  const options = [1, 2, 3, 4, 5].map((mark) => ({
    value: String(mark), key: `task.${name}_${mark}`, number: String(mark),
  }));
  return new Choice(elements, name, question, options, chosen);
}

/** @param {Elements} elements @param {string} name @param {string} question @param {unknown} chosen */
export function yesNo(elements, name, question, chosen) {
  const options = [{ value: "true", key: "task.yes" }, { value: "false", key: "task.no" }];
  return new Choice(elements, name, question, options, chosen);
}

/** A text to write or to correct. */
export class TextField {
  #input;

  /** @param {Elements} elements @param {string} name @param {string} label key @param {unknown} value */
  constructor(elements, name, label, value) {
    this.#input = elements.create("textarea", {
      name, rows: 2, maxLength: MAX_CHARS, value: typeof value === "string" ? value : "", lang: "sn", spellcheck: false,
    });
    this.element = elements.create("label", { className: "field" },
      elements.create("span", { key: label }), this.#input);
  }

  get value() {
    return this.#input.value.trim();
  }
}

/** A sound to be heard before the answer. */
export class TaskSound {
  #audio;
  #url = "";
  /** Whether nearly all of it has been played. */
  heard = false;

  /** @param {Elements} elements @param {string} label key @param {string} [mark] what stands before the player */
  constructor(elements, label, mark = "") {
    this.#audio = elements.create("audio", { controls: true, preload: "auto", label });
    this.#audio.setAttribute("controlslist", "nodownload noplaybackrate");
    this.element = elements.create("div", { className: "task-sound" },
      ...(mark ? [elements.create("b", { textContent: mark })] : []), this.#audio);
    this.#audio.addEventListener("timeupdate", () => {
      if (this.#audio.currentTime >= this.#audio.duration * HEARD) this.heard = true;
    });
    this.#audio.addEventListener("ended", () => { this.heard = true; });
  }

  /** @param {Blob} blob */
  show(blob) {
    this.release();
    this.#url = URL.createObjectURL(blob);
    this.#audio.src = this.#url;
  }

  release() {
    this.#audio.pause();
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = "";
  }
}
