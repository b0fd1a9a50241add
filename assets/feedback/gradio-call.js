// Calls a named endpoint of Gradio: a request that names the call, then a stream of events that ends with its outputs.

/** Milliseconds in which an answer must have come. */
const TIMEOUT_MS = 30_000;

/** Codes of errors/Overloaded, and of our own: the same call may succeed later. */
const RETRYABLE = [
  "offline", "overloaded", "feedback_unavailable", "rate_limited", "too_many_sessions", "not_ready",
  "exchange_underway", "unknown",
];

/** Codes that mean that the server knows nobody by the withdrawal code. */
export const UNKNOWN_CONTRIBUTOR = ["consent_needed", "withdrawn"];

/** Why a call has failed; `code` is a key of the page's strings under `error`. */
export class CallError extends Error {
  /** @param {string} code @param {boolean} [retryable] whether the same call may succeed later */
  constructor(code, retryable = RETRYABLE.includes(code)) {
    super(code);
    this.code = code;
    this.retryable = retryable;
  }
}

/** @param {unknown} error @returns {string} its code */
export function errorCode(error) {
  return error instanceof CallError ? error.code : "unknown";
}

/** @param {string} text of the event's data @returns {CallError} */
function callError(text) {
  const title = JSON.parse(text)?.title;
  return new CallError(/^[a-z_]+$/.test(title) ? title : "unknown");
}

/**
 * @param {string} block one event of the stream
 * @returns {unknown[] | null} the outputs, at the end of the call; throws CallError where it has failed
 */
function outputs(block) {
  const event = /^event: (.*)$/m.exec(block)?.[1];
  const data = /^data: (.*)$/m.exec(block)?.[1] ?? "null";
  if (event === "error") throw callError(data);
  return event === "complete" ? JSON.parse(data) : null;
}

/** @param {ReadableStream<string>} stream of server-sent events @returns {Promise<unknown[]>} */
async function readOutputs(stream) {
  const reader = stream.getReader();
  let text = "";
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (text + part.value).split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const found = outputs(block);
        if (found) return found;
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // a stream that broke off is cancelled already
  }
  throw new CallError("offline");
}

export class GradioCalls {
  #accessToken;

  /** @param {() => string} accessToken empty where the server asks for none */
  constructor(accessToken) {
    this.#accessToken = accessToken;
  }

  /**
   * @param {string} name of the endpoint
   * @param {unknown[]} data its arguments
   * @returns {Promise<any>} its first output; rejects with CallError
   */
  async call(name, data) {
    const body = JSON.stringify({ data });
    const headers = { "Content-Type": "application/json" };
    const started = await this.#fetch(`call/${name}`, { method: "POST", headers, body });
    const { event_id: id } = await started.json();
    const answer = await this.#fetch(`call/${name}/${id}`, {});
    if (!answer.body) throw new CallError("offline");
    try {
      return (await readOutputs(answer.body.pipeThrough(new TextDecoderStream())))[0];
    } catch (error) {
      throw error instanceof CallError ? error : new CallError("offline");
    }
  }

  /**
   * @param {Blob} file @param {string} name
   * @returns {Promise<object>} what an endpoint takes for a file; rejects with CallError
   */
  async upload(file, name) {
    const body = new FormData();
    body.append("files", file, name);
    const [path] = await (await this.#fetch("upload", { method: "POST", body })).json();
    return { path, orig_name: name, meta: { _type: "gradio.FileData" } };
  }

  /** @param {string} path below gradio_api @param {RequestInit} request @returns {Promise<Response>} */
  async #fetch(path, request) {
    const token = this.#accessToken();
    const headers = { ...request.headers, ...(token && { Authorization: `Bearer ${token}` }) };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    let response;
    try {
      response = await fetch(new URL(`gradio_api/${path}`, document.baseURI), { ...request, headers, signal });
    } catch {
      throw new CallError("offline");
    }
    if (!response.ok) throw new CallError(response.status === 401 ? "unauthorized" : "overloaded");
    return response;
  }
}
