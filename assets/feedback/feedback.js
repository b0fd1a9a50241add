// What evaluators give on the talk page: ratings, consent, recordings, and what the server holds of them.

import { ClipDialog } from "./clip-dialog.js";
import { Clips } from "./clips.js";
import { ConsentDialog } from "./consent-dialog.js";
import { Contributor } from "./contributor.js";
import { Elements } from "./elements.js";
import { FeedbackApi } from "./feedback-api.js";
import { GivenDialog } from "./given-dialog.js";
import { JsonStorage } from "./storage.js";
import { TurnRatings } from "./turn-ratings.js";
import { UnsentRatings } from "./unsent-ratings.js";

/** @typedef {import("../conversation/protocol.js").ServerEvent} ServerEvent */

/** Connects the parts with the page. Its fields are public for tests. */
export class Feedback {
  #elements;
  #unsent;
  #line;
  #spoken;
  #footer;
  #clipsButton;

  /** @param {import("../ui/page.js").Page} page @param {string} kept what the server keeps: off, ratings or full */
  constructor(page, kept) {
    const { root, translations } = page.view;
    const storage = new JsonStorage();
    this.kept = kept;
    this.#elements = new Elements(translations);
    this.#unsent = new UnsentRatings(storage);
    this.contributor = new Contributor(storage);
    const api = new FeedbackApi(() => page.session.startMessage().auth);
    const { contributor } = this;
    this.consent = new ConsentDialog(this.#elements, root, api, contributor);
    this.clips = new Clips(() => this.#showClips());
    this.clipDialog = new ClipDialog(this.#elements, root, api, contributor, this.clips);
    this.given = new GivenDialog(this.#elements, root, api, contributor, {
      onConsent: () => this.consent.ask(),
      onWithdrawn: () => this.#forget(),
    });
    this.ratings = new TurnRatings(this.#elements, root, page.session.connection, api, contributor, this.#unsent, {
      consent: async () => contributor.text || this.consent.ask(),
      say: (key) => this.#elements.setText(this.#spoken, key),
      onState: (state) => this.#showUnsent(state === "retrying" || undefined),
      onTranscript: ({ conversation, number }, text) => this.clips.correct(conversation, number, text),
    });
    this.#line = this.#elements.create("p", { className: "unsent", hidden: true });
    this.#spoken = this.#elements.create("p", { className: "spoken-state" });
    this.#spoken.setAttribute("role", "status");
    this.#clipsButton = this.#elements.button({ className: "link", hidden: true }, () => this.clipDialog.open());
    this.#footer = this.#createFooter();
    this.#attach(page);
  }

  /** @param {import("../ui/page.js").Page} page */
  #attach(page) {
    const { root } = page.view;
    root.querySelector(".middle")?.after(this.#line);
    root.querySelector(".foot")?.prepend(this.#footer);
    root.append(this.#spoken);
    page.session.connection.tap = this.clips.audio;
    page.eventListeners.push((event) => this.#handleEvent(event));
    page.turnListeners.push((turn, { slot }) => {
      const rateable = this.kept !== "off" && turn.over && turn.reply && turn.conversation;
      if (rateable) this.ratings.addRow(turn, slot);
    });
    this.contributor.listeners.push(() => this.#showKept());
    this.#showKept();
    this.#showUnsent(true);
    this.ratings.resume();
  }

  /** @param {ServerEvent} event */
  #handleEvent(event) {
    if (event.type === "ready" && event.feedback) {
      this.kept = event.feedback;
      this.#showKept();
    }
    this.clips.handleEvent(event);
    this.ratings.sender.handleEvent(event);
  }

  #createFooter() {
    const given = this.#elements.button({ className: "link", key: "mine.heading" }, () => this.given.open());
    return this.#elements.create("p", { className: "given" }, given, this.#clipsButton);
  }

  /** What the server and the contributor allow. */
  #showKept() {
    this.#footer.hidden = this.kept === "off";
    this.clips.enabled = this.kept === "full" && this.contributor.voice;
    this.#showClips();
  }

  #showClips() {
    this.#clipsButton.hidden = !(this.kept === "full" && this.contributor.voice);
    this.#elements.setText(this.#clipsButton, "clips.heading");
    this.clipDialog.refresh();
  }

  /** Says so while something is not saved that could not be sent at once. @param {boolean} [delayed] */
  #showUnsent(delayed = !this.#line.hidden) {
    this.#line.hidden = !delayed || this.#unsent.list().length === 0;
    this.#elements.setText(this.#line, "rate.unsent");
  }

  /** After withdrawal: nothing of the contributor stays in the browser. */
  #forget() {
    this.#unsent.clear();
    this.ratings.reset();
    this.contributor.forget();
    this.#showUnsent();
  }
}
