// The page's one AudioContext, made inside a tap, with both worklets loaded.

/** @type {AudioContext | null} */
let context = null;

/** @type {Promise<unknown> | null} */
let loading = null;

/** @returns {boolean} whether this browser can do live sound at all */
export function canPlay() {
  return "AudioContext" in window && "AudioWorkletNode" in window;
}

/** @param {AudioContext} opened @returns {Promise<unknown>} */
function loadWorklets(opened) {
  const modules = ["microphone-worklet.js", "player-worklet.js"];
  return Promise.all(modules.map((name) => opened.audioWorklet.addModule(new URL(name, import.meta.url))));
}

/**
 * The one context, awake. Call it inside a tap: it is made and woken before the first await.
 * @returns {Promise<AudioContext>} rejects when the worklets cannot be fetched
 */
export async function soundContext() {
  if (navigator.audioSession) navigator.audioSession.type = "play-and-record";
  context ??= new AudioContext({ latencyHint: "interactive" });
  const awake = context.state === "running" ? undefined : context.resume();
  loading ??= loadWorklets(context);
  try {
    await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
  await awake;
  return context;
}
