// Shows the withdrawal code, to be copied and kept.

/** @param {import("./elements.js").Elements} elements @param {string} code @returns {HTMLElement} */
export function withdrawalCode(elements, code) {
  const shown = elements.create("input", { className: "code", readOnly: true, value: code, label: "mine.code" });
  shown.dataset.part = "withdrawal-code";
  const copy = elements.button({ key: "mine.copy" }, async () => {
    shown.select();
    try {
      await navigator.clipboard.writeText(code);
      elements.setText(copy, "mine.copied");
    } catch {
      // It is selected: the user can copy it.
    }
  });
  return elements.create("div", { className: "code-row" }, shown, copy);
}
