// "What you gave": what the server holds of this contributor, the withdrawal code, and the withdrawal.

import { UNKNOWN_CONTRIBUTOR, errorCode } from "./gradio-call.js";
import { Sheet } from "./sheet.js";
import { withdrawalCode } from "./withdrawal-code.js";

/** What is counted, in the order shown: the server's name of each is the end of its text's key. */
const COUNTS = ["ratings", "judgements", "recordings"];

/**
 * @typedef {import("./feedback-api.js").Held} Held
 *
 * @typedef {Object} GivenListeners
 * @property {() => Promise<boolean>} onConsent asks for consent again
 * @property {() => void} onWithdrawn everything is deleted
 */

export class GivenDialog {
  #elements;
  #api;
  #contributor;
  #listeners;
  #sheet;

  /**
   * @param {import("./elements.js").Elements} elements
   * @param {HTMLElement} root
   * @param {import("./feedback-api.js").FeedbackApi} api
   * @param {import("./contributor.js").Contributor} contributor
   * @param {GivenListeners} listeners
   */
  constructor(elements, root, api, contributor, listeners) {
    this.#elements = elements;
    this.#api = api;
    this.#contributor = contributor;
    this.#listeners = listeners;
    this.#sheet = new Sheet(elements, root, "given", "mine.heading");
  }

  async open() {
    this.#sheet.body.replaceChildren();
    this.#sheet.open();
    await this.#load(this.#contributor.code);
  }

  /** Shows what the server holds. @param {string} code of the contributor; empty for nobody */
  async #load(code) {
    if (!code) {
      this.#showNothing(code, "");
      return;
    }
    this.#sheet.say("consent.loading");
    try {
      this.#show(code, await this.#api.mine(code));
      this.#sheet.say("");
    } catch (error) {
      this.#showNothing(code, errorCode(error));
      this.#sayError(error);
    }
  }

  /** Shows that nothing is known. @param {string} code @param {string} error code of the reason */
  #showNothing(code, error) {
    if (UNKNOWN_CONTRIBUTOR.includes(error)) this.#listeners.onWithdrawn();
    const kept = code && this.#contributor.code === code;
    this.#sheet.body.replaceChildren(
      ...(kept ? [this.#paragraph("mine.code_hint"), this.#code(code)] : [this.#paragraph("mine.nothing")]),
      this.#consentButton(), this.#codeForm());
  }

  /** @param {string} code @param {Held} held */
  #show(code, held) {
    this.#sheet.body.replaceChildren(
      this.#counts(held.counts),
      this.#recordings(code, held.recordings),
      this.#paragraph("mine.code_hint"),
      this.#code(code),
      this.#consentButton(),
      this.#withdrawal(code),
      this.#codeForm(),
    );
  }

  /** @param {Record<string, number>} counts */
  #counts(counts) {
    const rows = COUNTS.filter((name) => name in counts).map((name) => this.#create("div", {},
      this.#create("dt", { key: `mine.${name}` }), this.#create("dd", { textContent: String(counts[name]) })));
    return this.#create("dl", { className: "counts" }, ...rows);
  }

  /** @param {string} code */
  #code(code) {
    return withdrawalCode(this.#elements, code);
  }

  /** @param {string} code @param {{recording: string, text: string}[]} recordings */
  #recordings(code, recordings) {
    const items = recordings.map(({ recording, text }) => {
      const remove = this.#elements.button({ key: "clips.remove" }, async () => {
        try {
          await this.#api.removeRecording(code, recording);
          await this.#load(code);
          this.#sheet.say("clips.removed");
        } catch (error) {
          this.#sayError(error);
        }
      });
      return this.#create("li", {}, this.#create("span", { textContent: text }), remove);
    });
    return this.#create("ul", { className: "given-recordings" }, ...items);
  }

  #consentButton() {
    const key = this.#contributor.code ? "mine.change_consent" : "mine.consent";
    return this.#elements.button({ key }, async () => {
      this.#sheet.close();
      await this.#listeners.onConsent();
    });
  }

  /** Enters a code that was given on another device. */
  #codeForm() {
    const code = this.#create("input", { type: "text", autocomplete: "off", label: "mine.other_code", required: true });
    const form = this.#create("form", { className: "code-row" },
      code, this.#create("button", { type: "submit", key: "mine.use_code" }));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#useCode(code.value.trim());
    });
    const summary = this.#create("summary", { key: "mine.other_device" });
    return this.#create("details", { className: "profile" }, summary, form);
  }

  /** @param {string} code */
  async #useCode(code) {
    try {
      const held = await this.#api.mine(code);
      const { text, voice } = held.consent;
      this.#contributor.remember({ code, text, voice });
      this.#show(code, held);
      this.#sheet.say("mine.code_known");
    } catch (error) {
      this.#sayError(error);
    }
  }

  /** @param {string} code */
  #withdrawal(code) {
    const className = "danger";
    const confirm = this.#elements.button({ key: "mine.withdraw_yes", className }, () => this.#withdraw(code));
    const keep = this.#elements.button({ key: "mine.withdraw_no" }, () => {
      ask.hidden = true;
      begin.focus();
    });
    const ask = this.#create("div", { className: "confirm", hidden: true },
      this.#paragraph("mine.withdraw_ask"), this.#create("div", { className: "actions" }, keep, confirm));
    const begin = this.#elements.button({ key: "mine.withdraw", className }, () => {
      ask.hidden = false;
      keep.focus();
    });
    return this.#create("div", {}, begin, ask);
  }

  /** @param {string} code */
  async #withdraw(code) {
    this.#sheet.say("mine.withdrawing");
    try {
      const { deleted, published } = await this.#api.withdraw(code);
      this.#listeners.onWithdrawn();
      this.#sheet.body.replaceChildren(
        this.#paragraph("mine.deleted"),
        this.#counts(deleted),
        ...(published === "none" ? [] : [this.#paragraph("mine.unpublished")]),
      );
      this.#sheet.say("mine.withdrawn");
    } catch (error) {
      this.#sayError(error);
    }
  }

  /** @param {string} key */
  #paragraph(key) {
    return this.#create("p", { key });
  }

  /** @type {import("./elements.js").Elements["create"]} */
  #create(tag, options, ...children) {
    return this.#elements.create(tag, options, ...children);
  }

  /** @param {unknown} error */
  #sayError(error) {
    this.#sheet.say(this.#elements.errorKey(errorCode(error)));
  }
}
