// The named endpoints that hand out tasks and take answers, and the sounds of a task.

import { CallError } from "../feedback/gradio-call.js";

/**
 * @typedef {Record<string, unknown>} Answer by the task's kind, as inzwa/feedback/tasks/answers.py has them
 *
 * @typedef {Object} Task
 * @property {string} task its id
 * @property {string} kind naturalness, comparison, transcript, reply, reading or review
 * @property {Record<string, any>} payload texts, and `sounds`: the places of its sounds
 * @property {Progress} progress
 * @property {Answer} answer given before; empty but after an undo
 *
 * @typedef {{done: number, total: number}} Progress
 */

const SOUND_TIMEOUT_MS = 30_000;

export class TaskApi {
  #calls;
  #accessToken;

  /**
   * @param {import("../feedback/gradio-call.js").GradioCalls} calls
   * @param {() => string} accessToken empty where the server asks for none
   */
  constructor(calls, accessToken) {
    this.#calls = calls;
    this.#accessToken = accessToken;
  }

  /** @param {string} code @param {string} kind empty for any @param {string} language @returns {Promise<Task>} */
  next(code, kind, language) {
    return this.#calls.call("next_task", [code, kind, language]);
  }

  /**
   * @param {string} code @param {string} task @param {string} key @param {Answer} answer
   * @returns {Promise<Progress>}
   */
  submit(code, task, key, answer) {
    return this.#calls.call("submit_task", [code, task, key, answer, false]);
  }

  /** @param {string} code @param {string} task @param {string} key @returns {Promise<Progress>} */
  skip(code, task, key) {
    return this.#calls.call("submit_task", [code, task, key, {}, true]);
  }

  /** @param {string} code @returns {Promise<Task>} what was answered last */
  undo(code) {
    return this.#calls.call("undo_task", [code]);
  }

  /**
   * Sends the recording of a sentence.
   * @param {Blob} wav @param {string} code @param {string} task @param {string} key
   */
  async contribute(wav, code, task, key) {
    const file = await this.#calls.upload(wav, "reading.wav");
    const { recording } = await this.#calls.call("contribute", [file, code, key, "reading", "", "", 0, task]);
    return recording;
  }

  /** The code of whoever has signed in; empty for nobody. @returns {Promise<string>} */
  async signedIn() {
    return (await this.#calls.call("signed_in_code", [])).code;
  }

  /** @param {string} task @param {string} place `a` or `b` @returns {Promise<Blob>} rejects with CallError */
  async sound(task, place) {
    const token = this.#accessToken();
    const headers = { ...(token && { Authorization: `Bearer ${token}` }) };
    const signal = AbortSignal.timeout(SOUND_TIMEOUT_MS);
    const address = new URL(`feedback/sound/${task}/${place}`, document.baseURI);
    let response;
    try {
      response = await fetch(address, { headers, signal });
      if (response.ok) return await response.blob();
    } catch {
      throw new CallError("offline");
    }
    throw new CallError(response.status === 401 ? "unauthorized" : "unknown_task");
  }
}
