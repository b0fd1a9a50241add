// The entry point of the Evaluate tab: consent, a choice of tasks, one task after the other.

import { ConsentDialog } from "../feedback/consent-dialog.js";
import { Contributor } from "../feedback/contributor.js";
import { Elements } from "../feedback/elements.js";
import { FeedbackApi } from "../feedback/feedback-api.js";
import { GivenDialog } from "../feedback/given-dialog.js";
import { GradioCalls, errorCode } from "../feedback/gradio-call.js";
import { JsonStorage } from "../feedback/storage.js";
import { Translations } from "../ui/translations.js";
import { TaskApi } from "./task-api.js";
import { KINDS } from "./task-kinds.js";
import { TaskScreen } from "./task-screen.js";

/**
 * @typedef {Object} Props what inzwa/server/ui/evaluate/tab.py gives to the component
 * @property {import("../ui/translations.js").Tables} strings
 * @property {string} feedback what the server keeps: ratings or full
 * @property {boolean} sign_in whether one can sign in here
 */

/** Connects the parts. Its fields are public for tests. */
export class Evaluate {
  #root;
  #tables;
  #translations;
  #elements;
  #kept;
  #consent;
  #given;
  #content;
  #status;
  #mine;
  /** @type {HTMLButtonElement[]} */
  #languages = [];

  /** @param {HTMLElement} root @param {Props} props */
  constructor(root, { strings, feedback, sign_in }) {
    this.#root = root;
    this.#kept = feedback;
    this.#tables = strings;
    this.#translations = new Translations(strings);
    this.#elements = new Elements(this.#translations);
    const accessToken = () => window.inzwa?.session.startMessage().auth ?? "";
    const feedbackApi = new FeedbackApi(accessToken);
    this.api = new TaskApi(new GradioCalls(accessToken), accessToken);
    this.contributor = new Contributor(new JsonStorage());
    this.#content = this.#elements.create("div", { className: "evaluate-content" });
    this.#status = this.#elements.create("p", { className: "evaluate-status" });
    this.#status.setAttribute("role", "status");
    this.#mine = this.#elements.button({ className: "link", key: "mine.heading" }, () => this.#given.open());
    this.#root.append(this.#head(), this.#content, this.#status,
      this.#elements.create("p", { className: "given" }, this.#mine));
    this.#consent = new ConsentDialog(this.#elements, root, feedbackApi, this.contributor);
    this.#given = new GivenDialog(this.#elements, root, feedbackApi, this.contributor, {
      onConsent: () => this.#consent.ask(),
      onWithdrawn: () => this.contributor.forget(),
    });
    this.screen = new TaskScreen(this.#elements, this.api, this.contributor, {
      language: () => this.#translations.language,
      say: (key) => this.#say(key),
      onLeave: () => this.#showStart(),
    });
    this.contributor.listeners.push(() => this.#showStart());
    this.#showLanguages();
    this.#showStart();
    if (sign_in) this.#recognise();
  }

  /** The page's language was switched. */
  showLanguage() {
    this.#translations.language = new Translations(this.#tables).language;
    this.#translations.apply(this.#root);
    this.#showLanguages();
    this.screen.showProgress();
  }

  #head() {
    this.#languages = [["sn", "SN", "chiShona"], ["en", "EN", "English"]].map(([language, textContent, name]) => {
      const named = { type: "button", textContent, lang: language, ariaLabel: `${textContent} ${name}` };
      const button = this.#elements.create("button", named);
      button.dataset.evaluateLanguage = language;
      // The talk page's own switch keeps the choice, and tells everybody.
      button.addEventListener("click", () =>
        /** @type {HTMLElement | null} */ (document.querySelector(`[data-language=${language}]`))?.click());
      return button;
    });
    const options = { className: "languages", label: "page.language" };
    const languages = this.#elements.create("div", options, ...this.#languages);
    languages.setAttribute("role", "group");
    return this.#elements.create("header", { className: "top" },
      this.#elements.create("h2", { key: "evaluate.heading" }), languages);
  }

  #showLanguages() {
    for (const button of this.#languages) {
      button.ariaPressed = String(button.dataset.evaluateLanguage === this.#translations.language);
    }
  }

  #showStart() {
    this.screen.close();
    this.#say("");
    const { text, voice } = this.contributor;
    const shown = text || voice ? this.#choices() : this.#invitation();
    this.#content.replaceChildren(...shown);
  }

  /** Before consent. */
  #invitation() {
    const agree = this.#elements.button({ className: "primary", key: "mine.consent" }, () => this.#consent.ask());
    return [this.#paragraph("evaluate.lead"), this.#paragraph("evaluate.consent_first"), agree];
  }

  #choices() {
    const { text, voice } = this.contributor;
    const readable = this.#kept === "full" && voice;
    const kinds = KINDS.filter((kind) => (kind === "reading" ? readable : text));
    const buttons = [...(text ? [""] : []), ...kinds].map((kind) => {
      const name = kind || "anything";
      const button = this.#elements.button({ className: kind ? "kind" : "kind primary" }, () => this.#begin(kind));
      button.dataset.kind = name;
      button.append(this.#elements.create("b", { key: `evaluate.${name}` }),
        this.#elements.create("span", { key: `evaluate.${name}_hint` }));
      return button;
    });
    return [this.#paragraph("evaluate.choose"), this.#elements.create("div", { className: "kinds" }, ...buttons)];
  }

  /** @param {string} kind empty for any */
  #begin(kind) {
    this.#content.replaceChildren(this.screen.element);
    this.screen.begin(kind);
  }

  /** Somebody who has signed in is found again, unless this browser has a code already. */
  async #recognise() {
    if (this.contributor.code) return;
    try {
      const code = await this.api.signedIn();
      if (code) this.contributor.remember({ code, text: false, voice: false });
    } catch (error) {
      this.#say(this.#elements.errorKey(errorCode(error)));
    }
  }

  /** @param {string} key */
  #paragraph(key) {
    return this.#elements.create("p", { key });
  }

  /** @param {string} key of the text; empty for none */
  #say(key) {
    this.#elements.setText(this.#status, key);
  }
}

/**
 * Starts the tab in an element that holds an empty section.
 * @param {HTMLElement} element @param {Props} props
 */
export function mount(element, props) {
  const root = /** @type {HTMLElement} */ (element.querySelector(".evaluate"));
  const evaluate = new Evaluate(root, props);
  window.inzwaEvaluate = evaluate;
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-language]")) evaluate.showLanguage();
  });
}
