// What can be done with the whole conversation: begin a new one, copy it, download it as a text file.

import { conversationText, fileName } from "./conversation-text.js";

/** The page lets a browser read the file for so long, in milliseconds, before its memory is given back. */
const FILE_KEPT_MS = 60_000;

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it is in the clipboard; without https only the old way works
 */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** @param {string} text @returns {boolean} */
function copySelected(text) {
  const field = document.createElement("textarea");
  const focused = document.activeElement;
  field.value = text;
  field.style.position = "fixed"; // selecting it scrolls nothing
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

/** @param {string} text @param {string} name of the file */
function download(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), FILE_KEPT_MS);
}

/**
 * @param {import("./view.js").View} view
 * @param {() => void} onNew the user wants a new conversation
 */
export function bindConversationTools(view, onNew) {
  const { "new-conversation": begin, copy: copyButton, download: downloadButton, talk } = view.parts;
  const text = () => conversationText(view.transcript.turns, view.translations, new Date());
  begin.addEventListener("click", () => {
    onNew();
    talk.focus({ preventScroll: true }); // the pressed button is gone with the conversation
  });
  copyButton.addEventListener("click", async () => {
    const copied = await copy(text());
    if (copied) view.notice.show("conversation.copied", { kind: "success" });
    else view.notice.show("conversation.not_copied");
  });
  downloadButton.addEventListener("click", () => download(text(), fileName(new Date())));
}
