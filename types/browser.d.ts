// Globals of the browser that TypeScript's own DOM library does not declare.

/** The Audio Session API, which Safari has: https://www.w3.org/TR/audio-session/ */
interface Navigator {
  audioSession?: { type: "auto" | "playback" | "transient" | "transient-solo" | "ambient" | "play-and-record" };
}

interface Window {
  /** The running page, for tests and for the developer console. */
  inzwa: import("../assets/ui/page.js").Page;
  /** The Evaluate tab, where it is open. */
  inzwaEvaluate: import("../assets/evaluate/evaluate.js").Evaluate;
}
