// The one script of the talk page: starts the page at "/" by itself, and gives `mount` to the page that Gradio makes.

import { mount } from "./page.js";

/** Starts the page whose markup the server has sent, with its texts in place. @param {HTMLElement} props as JSON */
function start(props) {
  const { submitted } = document.documentElement.dataset;
  const talk = /** @type {HTMLButtonElement} */ (document.querySelector("[data-part=talk]"));
  talk.disabled = false;
  mount(document.body, { ...JSON.parse(props.textContent ?? ""), value: null }, () => {});
  translateNavigation();
  // What was sent before the script was here.
  if (submitted === "form") window.inzwa.view.parts.form.requestSubmit();
}

/** Keeps the links to the other pages in the language of this one. */
function translateNavigation() {
  const { translations, languageButtons } = window.inzwa.view;
  const navigation = /** @type {HTMLElement} */ (document.querySelector("nav.places"));
  const apply = () => translations.apply(navigation);
  for (const button of languageButtons) button.addEventListener("click", apply);
  apply();
}

/** Has the browser keep this page for the next visit. */
async function keepPage() {
  try {
    await navigator.serviceWorker?.register(new URL("service-worker.js", document.baseURI));
  } catch {
    // Where a browser allows none (a private window, another site's frame), the page is asked for at each visit.
  }
}

const props = document.getElementById("inzwa-props");
if (props) {
  start(props);
  keepPage();
}

export { mount };
