// The microphone's sound of the last turns, in memory, of somebody who consented to that. Nothing is sent by itself.

import { newKey } from "./contributor.js";
import { RATE_HZ, SentAudio } from "./sent-audio.js";
import { wavFile } from "./wav.js";

/** The last so many; older ones are forgotten. */
const MAX_CLIPS = 10;

const MAX_MS = 28_000;

/** Milliseconds kept before and after the words. */
const MARGIN_MS = 300;

/**
 * @typedef {import("../conversation/protocol.js").ServerEvent} ServerEvent
 *
 * @typedef {Object} Clip
 * @property {string} key by which it counts once, however often it is sent
 * @property {string} conversation
 * @property {number} turn
 * @property {string} text what was heard, or its correction
 * @property {Blob} wav
 * @property {"kept" | "sending" | "sent" | "failed"} state
 * @property {string} recording the server's name of it, once it is sent
 * @property {string} error code of it, when it failed
 */

export class Clips {
  #onChange;
  #conversation = "";
  #enabled = false;
  /** What the connection reports the sent sound to. */
  audio = new SentAudio();
  /** The newest last. @type {Clip[]} */
  list = [];

  /** @param {() => void} onChange there are other clips, or one has another state */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** @param {boolean} on whether the user has consented to recordings; without it none are kept */
  set enabled(on) {
    this.#enabled = on;
    this.audio.keep = on;
    if (!on && this.list.length > 0) {
      this.list = [];
      this.#onChange();
    }
  }

  /** @param {ServerEvent} event */
  handleEvent(event) {
    if (event.type === "ready") this.#conversation = event.conversation ?? "";
    if (event.type !== "asr.final" || !this.#enabled || !event.text) return;
    const { turn, text, start_ms: startMs = 0, end_ms: endMs = 0 } = event;
    if (endMs <= startMs) return; // typed
    const first = Math.max(0, startMs - MARGIN_MS);
    const samples = this.audio.cut(first, Math.min(endMs + MARGIN_MS, first + MAX_MS));
    if (samples.length > 0) this.#add(turn, text, wavFile(samples, RATE_HZ));
  }

  /** @param {number} turn @param {string} text @param {Blob} wav */
  #add(turn, text, wav) {
    const clip = { key: newKey(), conversation: this.#conversation, turn, text, wav, recording: "", error: "" };
    this.list.push({ ...clip, state: "kept" });
    this.list = this.list.slice(-MAX_CLIPS);
    this.#onChange();
  }

  /** @param {string} conversation @param {number} turn @param {string} text what was really said */
  correct(conversation, turn, text) {
    const clip = this.list.find((each) => each.conversation === conversation && each.turn === turn);
    if (clip?.state !== "kept") return;
    clip.text = text;
    this.#onChange();
  }

  /** @param {Clip} clip @param {Partial<Clip>} change */
  update(clip, change) {
    Object.assign(clip, change);
    this.#onChange();
  }

  /** @param {Clip} clip */
  remove(clip) {
    this.list = this.list.filter((each) => each !== clip);
    this.#onChange();
  }
}
