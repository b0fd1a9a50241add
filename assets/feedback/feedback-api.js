// What the server offers to evaluators: the named endpoints that this page calls, each with its arguments in order.

import { GradioCalls } from "./gradio-call.js";

/**
 * @typedef {import("./unsent-ratings.js").Rating} Rating
 *
 * @typedef {Object} ConsentText in one language
 * @property {string} title
 * @property {string[]} paragraphs
 * @property {string} text_choice
 * @property {string} voice_choice
 * @property {string} adult_choice
 *
 * @typedef {Object} Choices of somebody who consents
 * @property {boolean} text ratings and texts may be kept
 * @property {boolean} voice recordings may be kept
 * @property {boolean} adult 18 years or older
 * @property {string} language in which the text was read
 * @property {string} age_band
 * @property {string} gender
 * @property {string} variety of Shona
 * @property {string} first_language
 *
 * @typedef {Object} Held what the server holds of a contributor
 * @property {{text: boolean, voice: boolean}} consent
 * @property {Record<string, number>} counts
 * @property {{recording: string, text: string}[]} recordings
 *
 * @typedef {Object} Contribution one recording
 * @property {Blob} wav
 * @property {string} key by which it counts once
 * @property {string} text that is said
 * @property {string} conversation
 * @property {number} turn
 */

export class FeedbackApi {
  #calls;

  /** @param {() => string} accessToken empty where the server asks for none */
  constructor(accessToken) {
    this.#calls = new GradioCalls(accessToken);
  }

  /** @returns {Promise<Record<string, ConsentText> & {feedback: string}>} by language */
  consentText() {
    return this.#calls.call("consent_text", []);
  }

  /**
   * @param {Choices} choices @param {string} code of earlier consent; empty for none
   * @returns {Promise<{code: string, voice: boolean}>}
   */
  consent({ text, voice, adult, language, age_band, gender, variety, first_language }, code) {
    const profile = [age_band, gender, variety, first_language];
    return this.#calls.call("consent", [text, voice, adult, language, ...profile, code]);
  }

  /** @param {Rating} rating @param {string} code */
  rate({ conversation, turn, key, verdict, reasons, transcript, better_reply, comment }, code) {
    const said = [verdict, reasons, transcript, better_reply, comment];
    return this.#calls.call("rate", [conversation, turn, code, key, ...said]);
  }

  /** @param {Contribution} contribution @param {string} code @returns {Promise<{recording: string}>} */
  async contribute({ wav, key, text, conversation, turn }, code) {
    const file = await this.#calls.upload(wav, "turn.wav");
    return this.#calls.call("contribute", [file, code, key, "turn", text, conversation, turn, ""]);
  }

  /** @param {string} code @param {string} recording */
  removeRecording(code, recording) {
    return this.#calls.call("remove_recording", [code, recording]);
  }

  /** @param {string} code @returns {Promise<Held>} */
  mine(code) {
    return this.#calls.call("mine", [code]);
  }

  /** @param {string} code @returns {Promise<{deleted: Record<string, number>, published: string}>} */
  withdraw(code) {
    return this.#calls.call("withdraw", [code]);
  }
}
