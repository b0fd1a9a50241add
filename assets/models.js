// The line that says which models are running, in what language they are at home, and under which licence.

const STAGES = ["asr", "llm", "tts", "vad"];

/** @param {string} tag @param {string} text */
function make(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** @param {{language?: string, licence?: string}} stage @returns {string} */
function details({ language, licence }) {
  return [language, licence].filter(Boolean).join(", ");
}

/**
 * @param {HTMLElement} list a <dl>
 * @param {{ready?: boolean, stages?: Record<string, Object>}} readiness
 * @param {import("./words.js").Words} words
 */
export function showModels(list, readiness, words) {
  list.replaceChildren();
  if (!readiness?.ready) list.append(make("dd", words.say("models.loading")));
  for (const name of STAGES) {
    const stage = readiness?.stages?.[name];
    if (!stage?.model) continue;
    const pair = document.createElement("div");
    const value = make("dd", stage.model);
    const more = details(stage);
    if (more) value.append(make("small", ` (${more})`));
    pair.append(make("dt", words.say(`models.${name}`)), value);
    list.append(pair);
  }
}
