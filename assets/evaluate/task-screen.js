// One task after the other: shows it, takes the answer, undoes and skips; says how far one is.

import { errorCode } from "../feedback/gradio-call.js";
import { newKey } from "../feedback/contributor.js";
import { taskForm } from "./task-kinds.js";

/**
 * @typedef {import("./task-api.js").Task} Task
 *
 * @typedef {Object} Listeners
 * @property {() => string} language of the page
 * @property {(key: string) => void} say shows a line; empty for none
 * @property {() => void} onLeave another kind is to be chosen
 */

export class TaskScreen {
  #elements;
  #api;
  #contributor;
  #listeners;
  #title;
  #count;
  #bar;
  #form;
  #body;
  #actions;
  #kind = "";
  /** @type {Task | null} */
  #task = null;
  /** @type {import("./task-kinds.js").TaskForm | null} */
  #parts = null;
  /** The answer that was sent last, with its key: the same again is the same message. */
  #sent = { content: "", key: "" };
  /** Rises with each task that is shown: what comes for an older one is dropped. */
  #shown = 0;

  /**
   * @param {import("../feedback/elements.js").Elements} elements
   * @param {import("./task-api.js").TaskApi} api
   * @param {import("../feedback/contributor.js").Contributor} contributor
   * @param {Listeners} listeners
   */
  constructor(elements, api, contributor, listeners) {
    this.#elements = elements;
    this.#api = api;
    this.#contributor = contributor;
    this.#listeners = listeners;
    const create = elements.create.bind(elements);
    this.#title = create("h3", { tabIndex: -1 });
    this.#count = create("span", { className: "count" });
    this.#bar = create("progress", { max: 1, value: 0, label: "task.progress" });
    this.#body = create("div", { className: "task-body" });
    this.#actions = [
      elements.button({ className: "link", key: "task.leave" }, () => listeners.onLeave()),
      elements.button({ className: "quietly", key: "task.undo" }, () => this.#undo()),
      elements.button({ className: "quietly", key: "task.skip" }, () => this.#skip()),
      create("button", { type: "submit", className: "primary", key: "task.send" }),
    ];
    this.#form = create("form", { className: "task" },
      create("div", { className: "task-head" }, this.#title, this.#count), this.#bar, this.#body,
      create("div", { className: "actions" }, ...this.#actions));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#form.addEventListener("change", () => listeners.say(""));
    this.element = this.#form;
  }

  /** Shows the next task. @param {string} kind empty for any */
  begin(kind) {
    this.#kind = kind;
    return this.#load(() => this.#api.next(this.#contributor.code, kind, this.#listeners.language()));
  }

  /** Milliseconds that have been recorded of a sentence, for tests. */
  get recordedMs() {
    return this.#parts?.recordedMs ?? 0;
  }

  close() {
    this.#shown += 1;
    this.#release();
  }

  /** In the page's language. */
  showProgress() {
    if (!this.#task) return;
    const { done, total } = this.#task.progress;
    this.#count.textContent = this.#elements.text("task.count", { done, total });
    Object.assign(this.#bar, { max: Math.max(1, total), value: done });
  }

  #release() {
    this.#parts?.close?.();
    for (const sound of this.#parts?.sounds ?? []) sound.release();
    this.#parts = null;
  }

  /** @param {() => Promise<Task>} ask */
  async #load(ask) {
    this.close();
    const shown = this.#shown;
    this.#setBusy(true);
    this.#listeners.say("consent.loading");
    try {
      const task = await ask();
      if (shown !== this.#shown) return;
      this.#listeners.say("");
      this.#show(task);
    } catch (error) {
      if (shown === this.#shown) this.#showError(errorCode(error), ask);
    }
    this.#setBusy(false);
  }

  /** @param {Task} task */
  #show(task) {
    this.#task = task;
    const send = (/** @type {Blob} */ wav) => this.#api.contribute(wav, this.#contributor.code, task.task, newKey());
    this.#parts = taskForm(this.#elements, task, send);
    this.#elements.setText(this.#title, `evaluate.${task.kind}`);
    this.#body.replaceChildren(...this.#parts.elements);
    this.#body.hidden = false;
    this.showProgress();
    this.#title.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest" });
    this.#loadSounds(task, this.#parts.sounds, this.#shown);
  }

  /** @param {Task} task @param {import("./task-form.js").TaskSound[]} sounds @param {number} shown */
  async #loadSounds({ task, payload }, sounds, shown) {
    try {
      const places = /** @type {string[]} */ (payload.sounds ?? []);
      const blobs = await Promise.all(places.map((place) => this.#api.sound(task, place)));
      if (shown === this.#shown) blobs.forEach((blob, i) => sounds[i].show(blob));
    } catch (error) {
      if (shown === this.#shown) this.#listeners.say(this.#elements.errorKey(errorCode(error)));
    }
  }

  async #submit() {
    if (!this.#task || !this.#parts) return;
    const problem = this.#parts.problem();
    this.#listeners.say(problem || "rate.saving");
    if (problem) return;
    const [{ task }, parts] = [this.#task, this.#parts];
    await this.#send(async () => {
      const answer = await parts.answer();
      await this.#api.submit(this.#contributor.code, task, this.#keyFor(JSON.stringify([task, answer])), answer);
    });
  }

  async #skip() {
    const task = this.#task?.task;
    if (task) await this.#send(() => this.#api.skip(this.#contributor.code, task, this.#keyFor(`skip ${task}`)));
  }

  /** Then shows the next task; where it fails all stays as it is. @param {() => Promise<unknown>} send */
  async #send(send) {
    this.#setBusy(true);
    try {
      await send();
    } catch (error) {
      this.#listeners.say(this.#elements.errorKey(errorCode(error)));
      this.#setBusy(false);
      return;
    }
    await this.begin(this.#kind);
  }

  #undo() {
    const progress = this.#task?.progress;
    return this.#load(async () => {
      const task = await this.#api.undo(this.#contributor.code);
      return { ...task, progress: progress ?? task.progress };
    });
  }

  /** @param {string} content @returns {string} the key under which the server counts it once */
  #keyFor(content) {
    if (this.#sent.content !== content) this.#sent = { content, key: newKey() };
    return this.#sent.key;
  }

  /** @param {string} code @param {() => Promise<Task>} ask what failed */
  #showError(code, ask) {
    this.#task = null;
    this.#elements.setText(this.#title, code === "no_more_tasks" ? "task.all_done" : "");
    this.#count.textContent = "";
    const again = this.#elements.button({ key: "consent.retry" }, () => this.#load(ask));
    this.#body.replaceChildren(...(code === "no_more_tasks" ? [] : [again]));
    this.#listeners.say(code === "no_more_tasks" ? "task.thanks" : this.#elements.errorKey(code));
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    const [, undo, skip, send] = this.#actions;
    undo.disabled = busy;
    skip.disabled = busy || !this.#task;
    send.disabled = busy || !this.#task;
    this.element.setAttribute("aria-busy", String(busy));
  }
}
