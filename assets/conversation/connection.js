// The line to /ws/audio: opens it, keeps it open while it is wanted, and says how it is. Knows no sound and no page.

/** Seconds to wait before the first, second, ... attempt to connect again. */
const BACK_OFF_S = [0.5, 1, 2, 4, 8, 15];

/** Seconds in which the server must have said `ready`. */
const READY_WITHIN_S = 10;

/** Frames of 20 ms and messages kept while the line opens, so that the first word is not lost; sound goes first. */
const WAITING_ITEMS = 150;

/** Bytes that may lie unsent in the browser: two seconds of sound. Beyond it frames are dropped. */
const UNSENT_BYTES = 64000;

/** Close code of a server that is full: no hurry. */
const TRY_LATER = 1013;

/** How many times longer to wait for a server that is full. */
const UNHURRIED = 4;

/** Close code of a server that refuses: no second try. */
const REFUSED = 1008;

/** @returns {string} the socket's address beside this page */
export function socketUrl() {
  const url = new URL("ws/audio", document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  url.search = "";
  url.hash = "";
  return url.href;
}

/**
 * @typedef {"off" | "connecting" | "open" | "waiting"} LineState
 * @typedef {Object} LineListeners
 * @property {(event: Object) => void} onEvent a text frame of the server
 * @property {(frame: ArrayBuffer) => void} onAudio a binary frame of the server
 * @property {(state: LineState, seconds: number) => void} onState seconds until the next try, where it waits
 * @property {() => void} onRefused the server will not have us; no further try
 * @property {() => void} onDropped a frame was dropped: the network is too slow
 */
export class Line {
  /**
   * @param {string} url
   * @param {() => Object} hello makes the `start` message
   * @param {LineListeners} listeners
   */
  constructor(url, hello, listeners) {
    this.url = url;
    this.hello = hello;
    this.listeners = listeners;
    /** @type {LineState} */
    this.state = "off";
    this.wanted = false;
    this.attempts = 0;
    /** @type {(string | ArrayBuffer)[]} what is to be sent once the server is ready */
    this.waiting = [];
    window.addEventListener("online", () => this.state === "waiting" && this.connect());
  }

  /** Wants the line; opens it where it is not open. */
  open() {
    this.wanted = true;
    if (this.state === "off" || this.state === "waiting") this.connect();
  }

  /** Hangs up. */
  close() {
    this.wanted = false;
    this.waiting = [];
    this.drop();
    this.become("off");
  }

  /** @param {Object} message sent now, or once the server is ready */
  send(message) {
    const text = JSON.stringify(message);
    if (this.state === "open") this.socket.send(text);
    else this.keep(text);
  }

  /** @param {ArrayBuffer} frame 20 ms of sound */
  sendAudio(frame) {
    if (this.state !== "open") this.keep(frame);
    else if (this.socket.bufferedAmount > UNSENT_BYTES) this.listeners.onDropped();
    else this.socket.send(frame);
  }

  /** @private */
  keep(item) {
    this.waiting.push(item);
    if (this.waiting.length <= WAITING_ITEMS) return;
    const oldestSound = this.waiting.findIndex((kept) => kept instanceof ArrayBuffer);
    this.waiting.splice(Math.max(oldestSound, 0), 1);
  }

  /** @private */
  connect() {
    this.drop();
    this.become("connecting");
    const socket = new WebSocket(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify(this.hello()));
    socket.onmessage = ({ data }) => (typeof data === "string" ? this.text(data) : this.listeners.onAudio(data));
    socket.onclose = ({ code }) => this.lost(code);
    this.socket = socket;
    this.timer = setTimeout(() => this.lost(0), READY_WITHIN_S * 1000);
  }

  /** @private */
  text(data) {
    const event = JSON.parse(data);
    if (event.type === "ready") this.ready();
    this.listeners.onEvent(event);
  }

  /** @private */
  ready() {
    clearTimeout(this.timer);
    this.attempts = 0;
    this.become("open");
    for (const item of this.waiting.splice(0)) this.socket.send(item);
  }

  /** @private */
  lost(code) {
    this.drop();
    if (!this.wanted) this.close();
    else if (code === REFUSED) this.giveUp();
    else this.retry(code === TRY_LATER ? UNHURRIED : 1);
  }

  /** @private */
  retry(slowly) {
    const seconds = BACK_OFF_S[Math.min(this.attempts, BACK_OFF_S.length - 1)] * slowly;
    this.attempts += 1;
    this.timer = setTimeout(() => this.connect(), seconds * 1000);
    this.become("waiting", seconds);
  }

  /** The server will not have us. What was not sent waits for the user's next attempt. */
  giveUp() {
    this.drop();
    this.wanted = false;
    this.waiting = this.waiting.filter((item) => typeof item === "string");
    this.become("off");
    this.listeners.onRefused();
  }

  /** @private */
  drop() {
    clearTimeout(this.timer);
    if (!this.socket) return;
    Object.assign(this.socket, { onopen: null, onmessage: null, onclose: null });
    this.socket.close();
    this.socket = null;
  }

  /** @private */
  become(state, seconds = 0) {
    this.state = state;
    this.listeners.onState(state, seconds);
  }
}
