// Asks for consent, before anything is kept, and shows the withdrawal code that comes with it.

import { ConsentForm } from "./consent-form.js";
import { errorCode } from "./gradio-call.js";
import { Sheet } from "./sheet.js";
import { withdrawalCode } from "./withdrawal-code.js";

/** @typedef {Awaited<ReturnType<import("./feedback-api.js").FeedbackApi["consentText"]>>} ConsentTexts */

/** @type {Record<"sn" | "en", "sn" | "en">} */
const OTHER_LANGUAGE = { sn: "en", en: "sn" };

export class ConsentDialog {
  #elements;
  #api;
  #contributor;
  #sheet;
  #text;
  #switch;
  #retry;
  #form;
  #asked;
  /** What is shown after consent: the code. */
  #agreed;
  /** @type {ConsentTexts | null} */
  #texts = null;
  /** In which the text is read. @type {"sn" | "en"} */
  #language = "sn";
  /** Called with whether the user has consented. @type {((agreed: boolean) => void) | null} */
  #answer = null;

  /**
   * @param {import("./elements.js").Elements} elements
   * @param {HTMLElement} root
   * @param {import("./feedback-api.js").FeedbackApi} api
   * @param {import("./contributor.js").Contributor} contributor
   */
  constructor(elements, root, api, contributor) {
    this.#elements = elements;
    this.#api = api;
    this.#contributor = contributor;
    this.#sheet = new Sheet(elements, root, "consent", "consent.heading");
    this.#sheet.onClose(() => this.#settle(false));
    this.#text = elements.create("div", { className: "consent-text", tabIndex: 0 });
    this.#switch = elements.button({ className: "link" }, () => this.#show(OTHER_LANGUAGE[this.#language]));
    this.#retry = elements.button({ key: "consent.retry" }, () => this.#load());
    this.#form = new ConsentForm(elements, () => this.#agree(), () => this.#sheet.close());
    this.#asked = elements.create("div", { className: "asked" }, this.#switch, this.#text, this.#form.element);
    this.#agreed = elements.create("div", { className: "asked" });
    this.#sheet.body.append(this.#asked, this.#retry, this.#agreed);
  }

  /** Opens the dialog. @returns {Promise<boolean>} whether the user has consented */
  ask() {
    this.#asked.hidden = true;
    this.#agreed.replaceChildren();
    this.#sheet.open();
    this.#load();
    this.#settle(false);
    return new Promise((resolve) => { this.#answer = resolve; });
  }

  async #load() {
    this.#retry.hidden = true;
    this.#sheet.say("consent.loading");
    try {
      this.#texts ??= await this.#api.consentText();
    } catch {
      this.#sheet.say("consent.not_loaded");
      this.#retry.hidden = false;
      return;
    }
    this.#sheet.say("");
    this.#form.reset(this.#texts.feedback === "full");
    this.#show(this.#elements.language === "en" ? "en" : "sn");
    this.#asked.hidden = false;
  }

  /** @param {"sn" | "en"} language */
  #show(language) {
    if (!this.#texts) return;
    this.#language = language;
    const { [language]: text } = this.#texts;
    const create = this.#elements.create.bind(this.#elements);
    const paragraphs = text.paragraphs.map((textContent) => create("p", { textContent }));
    this.#text.replaceChildren(...paragraphs);
    this.#text.lang = language;
    this.#form.showText(text, language);
    const other = OTHER_LANGUAGE[language];
    Object.assign(this.#switch, { textContent: other === "en" ? "English" : "chiShona", lang: other });
  }

  async #agree() {
    if (this.#form.problem) {
      this.#sheet.say(this.#form.problem);
      return;
    }
    const choices = { ...this.#form.choices, language: this.#language };
    this.#sheet.say("rate.saving");
    try {
      const { code } = await this.#api.consent(choices, this.#contributor.code);
      this.#contributor.remember({ code, text: choices.text, voice: choices.voice });
    } catch (error) {
      this.#sheet.say(this.#elements.errorKey(errorCode(error)));
      return;
    }
    this.#showCode();
    this.#settle(choices.text);
  }

  #showCode() {
    const create = this.#elements.create.bind(this.#elements);
    const done = this.#elements.button({ key: "consent.done", className: "primary done" }, () => this.#sheet.close());
    this.#asked.hidden = true;
    this.#agreed.replaceChildren(
      create("p", { key: "consent.code" }),
      withdrawalCode(this.#elements, this.#contributor.code),
      create("div", { className: "actions" }, done),
    );
    this.#sheet.say("consent.thanks");
    done.focus();
  }

  /** @param {boolean} agreed */
  #settle(agreed) {
    this.#answer?.(agreed);
    this.#answer = null;
  }
}
