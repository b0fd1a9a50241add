// What is said of a model: its name, language and licence; how far its warm-up is; whether it was made for Shona.

const BYTES_PER_MEGABYTE = 1e6;

/** How the catalogue of models writes that Shona was not what a model was made for. */
const HARDLY = /\b(hardly|weakly)\b/i;

/**
 * @typedef {import("./translations.js").Translations} Translations
 *
 * @typedef {Object} Stage the model that serves a stage, or its progress
 * @property {string} [model]
 * @property {string} [title] the model with the adapters that were added to it
 * @property {string} [language] as the catalogue of models says it, in English
 * @property {string} [licence]
 * @property {string} [consequence] what the licence means for the user
 * @property {"waiting" | "fetching" | "loading" | "ready" | "failed"} [state]
 * @property {string} [step] of fetching: downloading, checking, joining, converting, waiting
 * @property {number} [done_bytes]
 * @property {number} [total_bytes]
 * @property {{model: string, reason: string}[]} [tried] models that were preferred and cannot be used
 */

/** @param {number} bytes @returns {number} megabytes, rounded up */
function megabytes(bytes) {
  return Math.ceil(bytes / BYTES_PER_MEGABYTE);
}

/** @param {Stage} stage @returns {string} */
export function modelName({ title, model }) {
  return title ?? model ?? "";
}

/** @param {Stage} stage @returns {boolean} true too where nothing is said of its language */
export function knowsShona({ language = "" }) {
  return language === "" || (/shona/i.test(language) && !HARDLY.test(language));
}

/** @param {Translations} translations @param {Stage} stage @returns {string} language, licence, what was preferred */
export function modelDetails(translations, { language, licence, tried = [] }) {
  const models = [...new Set(tried.map(({ model }) => model))].join(", ");
  const instead = models && translations.text("models.instead", { models });
  return [language, licence, instead].filter(Boolean).join(", ");
}

/**
 * What is being done for a stage that is not ready.
 * @param {Translations} translations @param {Stage} stage @returns {string}
 */
export function progressText(translations, { model, state, step, done_bytes = 0, total_bytes = 0 }) {
  if (!model || state === "waiting") return translations.text("warmup.stage_waiting");
  if (state === "ready") return model;
  const key = `warmup.${state === "fetching" ? step || "looking" : state}`;
  const done = megabytes(done_bytes);
  return translations.text(translations.has(key) ? key : "warmup.looking", {
    model,
    done,
    total: Math.max(done, megabytes(total_bytes)),
  });
}

/**
 * How far the warm-up is, in one line.
 * @param {Translations} translations @param {Stage[]} stages @returns {string}
 */
export function warmUpText(translations, stages) {
  const fetching = stages.filter(({ state, total_bytes = 0 }) => state === "fetching" && total_bytes > 0);
  if (fetching.length === 0) return translations.text("models.loading");
  const [done, total] = [
    fetching.reduce((sum, { done_bytes = 0 }) => sum + done_bytes, 0),
    fetching.reduce((sum, { total_bytes = 0 }) => sum + total_bytes, 0),
  ].map(megabytes);
  return translations.text("models.fetching", { done, total: Math.max(done, total) });
}
