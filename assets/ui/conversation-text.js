// The conversation as a text, to be copied or kept as a file.

/**
 * @typedef {import("../conversation/conversation.js").Turn} Turn
 * @typedef {import("./translations.js").Translations} Translations
 */

/** @param {Date} day @returns {string} as 2026-11-26, in the user's own time zone */
function isoDate(day) {
  return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}

/** @param {Date} day @returns {string} */
export function fileName(day) {
  return `inzwa-${isoDate(day)}.txt`;
}

/**
 * @param {readonly Turn[]} turns @param {Translations} translations into the language of the labels @param {Date} day
 * @returns {string} a heading, then one paragraph for each turn, with a line for each of the two who speak
 */
export function conversationText(turns, translations, day) {
  const heading = `${translations.text("page.title")} · ${translations.text("page.conversation")} · ${isoDate(day)}`;
  return `${[heading, ...turns.map((turn) => turnText(turn, translations))].filter(Boolean).join("\n\n")}\n`;
}

/** @param {Turn} turn @param {Translations} translations @returns {string} empty for a turn without words */
function turnText({ stable, tail, reply, cancelled }, translations) {
  const cut = cancelled ? ` (${translations.text("page.interrupted")})` : "";
  const said = { "page.you": stable + tail, "page.inzwa": reply && reply.trimEnd() + cut };
  const spoken = Object.entries(said).filter(([, words]) => words.trim());
  return spoken.map(([key, words]) => `${translations.text(key)}: ${words.trim()}`).join("\n");
}
