// The example prompts on the empty page: each in Shona, which is sent when it is pressed, with what it means beside it.

/** The texts whose keys begin so. */
const PREFIX = "examples.";

const SHONA = "sn";

export class Examples {
  #list;
  #translations;

  /**
   * @param {HTMLElement} list a <ul>
   * @param {import("./translations.js").Translations} translations
   * @param {(prompt: string) => void} onChosen
   */
  constructor(list, translations, onChosen) {
    this.#list = list;
    this.#translations = translations;
    list.addEventListener("click", ({ target }) => {
      const prompt = target instanceof Element && target.closest("button")?.querySelector("[lang]")?.textContent;
      if (prompt) onChosen(prompt);
    });
    this.refresh();
  }

  /** Writes the list again: the language may have changed. */
  refresh() {
    const keys = this.#translations.keys.filter((key) => key.startsWith(PREFIX));
    this.#list.replaceChildren(...keys.map((key) => this.#createExample(key)));
  }

  /** @param {string} key @returns {HTMLElement} */
  #createExample(key) {
    const [item, button, prompt] = ["li", "button", "span"].map((tag) => document.createElement(tag));
    button.setAttribute("type", "button");
    prompt.lang = SHONA;
    prompt.textContent = this.#translations.textIn(SHONA, key);
    button.append(prompt);
    if (this.#translations.language !== SHONA) button.append(this.#createMeaning(key));
    item.append(button);
    return item;
  }

  /** @param {string} key @returns {HTMLElement} the prompt in the page's language */
  #createMeaning(key) {
    const meaning = document.createElement("small");
    meaning.textContent = this.#translations.text(key);
    return meaning;
  }
}
