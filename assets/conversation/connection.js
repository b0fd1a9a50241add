// The WebSocket to /ws/audio: connects, reconnects while the connection is wanted, and queues what cannot be sent yet.

import { CLOSE_POLICY_VIOLATION, CLOSE_TRY_AGAIN_LATER } from "./protocol.js";

/** Seconds to wait before the first, second, ... attempt to reconnect. */
const RECONNECT_DELAYS_S = [0.5, 1, 2, 4, 8, 15];

/** Factor by which those delays grow while the server is full. */
const FULL_SERVER_FACTOR = 4;

/** Seconds within which the server must have sent `ready`. */
const READY_TIMEOUT_S = 10;

/** Messages and 20 ms frames queued while connecting, so that the first word is not lost; old frames are dropped. */
const MAX_QUEUED_ITEMS = 150;

/** Bytes that may lie unsent in the browser: two seconds of audio. Beyond it frames are dropped. */
const MAX_UNSENT_BYTES = 64000;

/** @returns {string} the socket's URL, relative to the page's */
export function socketUrl() {
  const url = new URL("ws/audio", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return url.href;
}

/**
 * @typedef {import("./protocol.js").ClientMessage} ClientMessage
 * @typedef {import("./protocol.js").ServerEvent} ServerEvent
 *
 * @typedef {"off" | "connecting" | "open" | "waiting"} ConnectionState `waiting` for the next attempt
 *
 * @typedef {Object} ConnectionListeners
 * @property {(event: ServerEvent) => void} onEvent a text frame of the server
 * @property {(frame: ArrayBuffer) => void} onAudio a binary frame of the server
 * @property {(state: ConnectionState, seconds: number) => void} onState seconds until the next attempt, while `waiting`
 * @property {() => void} onRefused the server refuses the connection; no further attempt is made
 * @property {() => void} onDropped a frame was dropped because the network is too slow
 *
 * @typedef {Object} AudioTap hears the audio as it is sent
 * @property {() => void} restart a new connection begins, whose audio counts from 0
 * @property {(frame: ArrayBuffer) => void} push a frame was sent
 */
export class Connection {
  #url;
  #startMessage;
  #listeners;
  #attempts = 0;
  /** What is sent once the server is ready. @type {(string | ArrayBuffer)[]} */
  #queue = [];
  /** Until the server must be ready, or until the next attempt. @type {number | undefined} */
  #timer;

  /**
   * @param {string} url
   * @param {() => import("./protocol.js").StartMessage} startMessage makes the first message of each connection
   * @param {ConnectionListeners} listeners
   */
  constructor(url, startMessage, listeners) {
    this.#url = url;
    this.#startMessage = startMessage;
    this.#listeners = listeners;
    /** @type {ConnectionState} */
    this.state = "off";
    /** Whether it should be open, and is opened again when it is lost. */
    this.wanted = false;
    /** The current one; public so that tests can break it. @type {WebSocket | null} */
    this.socket = null;
    /** @type {AudioTap | null} */
    this.tap = null;
    window.addEventListener("online", () => this.state === "waiting" && this.#connect());
  }

  /** Whether something waits to be sent. */
  get hasQueued() {
    return this.#queue.length > 0;
  }

  /** Connects, unless it is connected or connecting. */
  open() {
    this.wanted = true;
    if (this.state === "off" || this.state === "waiting") this.#connect();
  }

  /** Disconnects, and drops what was not sent. */
  close() {
    this.wanted = false;
    this.#queue = [];
    this.#closeSocket();
    this.#setState("off");
  }

  /** Stops trying to connect, because the server refuses. Queued messages wait for the user's next attempt. */
  stopRetrying() {
    this.#closeSocket();
    this.wanted = false;
    this.#queue = this.#queue.filter((item) => typeof item === "string");
    this.#setState("off");
    this.#listeners.onRefused();
  }

  /** @param {ClientMessage} message sent now, or once the server is ready */
  send(message) {
    const text = JSON.stringify(message);
    if (this.state === "open") this.socket?.send(text);
    else this.#enqueue(text);
  }

  /** @param {ArrayBuffer} frame 20 ms of audio */
  sendAudio(frame) {
    if (this.state !== "open" || !this.socket) this.#enqueue(frame);
    else if (this.socket.bufferedAmount > MAX_UNSENT_BYTES) this.#listeners.onDropped();
    else this.#sendNow(this.socket, frame);
  }

  /** @param {WebSocket} socket @param {string | ArrayBuffer} item */
  #sendNow(socket, item) {
    socket.send(item);
    if (item instanceof ArrayBuffer) this.tap?.push(item);
  }

  /** @param {string | ArrayBuffer} item */
  #enqueue(item) {
    this.#queue.push(item);
    if (this.#queue.length <= MAX_QUEUED_ITEMS) return;
    const oldestFrame = this.#queue.findIndex((queued) => queued instanceof ArrayBuffer);
    this.#queue.splice(Math.max(oldestFrame, 0), 1);
  }

  #connect() {
    this.#closeSocket();
    this.#setState("connecting");
    this.tap?.restart();
    const socket = new WebSocket(this.#url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify(this.#startMessage()));
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.#handleText(data, socket);
      else this.#listeners.onAudio(data);
    };
    socket.onclose = ({ code }) => this.#handleLoss(code);
    this.socket = socket;
    this.#timer = setTimeout(() => this.#handleLoss(), READY_TIMEOUT_S * 1000);
  }

  /** @param {string} text @param {WebSocket} socket */
  #handleText(text, socket) {
    /** @type {ServerEvent} */
    const event = JSON.parse(text);
    if (event.type === "ready") this.#handleReady(socket);
    this.#listeners.onEvent(event);
  }

  /** @param {WebSocket} socket */
  #handleReady(socket) {
    clearTimeout(this.#timer);
    this.#attempts = 0;
    this.#setState("open");
    for (const item of this.#queue.splice(0)) this.#sendNow(socket, item);
  }

  /** @param {number} [code] with which the server closed the socket */
  #handleLoss(code) {
    this.#closeSocket();
    if (!this.wanted) this.close();
    else if (code === CLOSE_POLICY_VIOLATION) this.stopRetrying();
    else this.#scheduleReconnect(code === CLOSE_TRY_AGAIN_LATER ? FULL_SERVER_FACTOR : 1);
  }

  /** @param {number} factor by which the delay is longer */
  #scheduleReconnect(factor) {
    const seconds = RECONNECT_DELAYS_S[Math.min(this.#attempts, RECONNECT_DELAYS_S.length - 1)] * factor;
    this.#attempts += 1;
    this.#timer = setTimeout(() => this.#connect(), seconds * 1000);
    this.#setState("waiting", seconds);
  }

  #closeSocket() {
    clearTimeout(this.#timer);
    if (!this.socket) return;
    Object.assign(this.socket, { onopen: null, onmessage: null, onclose: null });
    this.socket.close();
    this.socket = null;
  }

  /** @param {ConnectionState} state @param {number} [seconds] until the next attempt */
  #setState(state, seconds = 0) {
    this.state = state;
    this.#listeners.onState(state, seconds);
  }
}
