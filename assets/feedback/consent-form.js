// The choices of somebody who consents: texts, voice, being an adult, and a description of oneself as far as one likes.

/** The values of inzwa/feedback/records.py; each select begins with no answer. */
const AGE_BANDS = ["18-29", "30-39", "40-49", "50-59", "60-69", "70+"];
const GENDERS = ["female", "male", "other"];
const VARIETIES = ["zezuru", "karanga", "manyika", "korekore", "ndau", "kalanga", "other"];

/** The server's limit on the first language, in characters. */
const MAX_LANGUAGE_CHARS = 40;

/**
 * @typedef {import("./elements.js").Elements} Elements
 * @typedef {import("./feedback-api.js").Choices} Choices
 * @typedef {import("./feedback-api.js").ConsentText} ConsentText
 */

export class ConsentForm {
  #elements;
  #text;
  #voice;
  #adult;
  #labels;
  #voiceRow;
  #adultRow;
  #profile;

  /** @param {Elements} elements @param {() => void} onAgree @param {() => void} onRefuse */
  constructor(elements, onAgree, onRefuse) {
    this.#elements = elements;
    const create = elements.create.bind(elements);
    this.#text = create("input", { type: "checkbox", name: "text" });
    this.#voice = create("input", { type: "checkbox", name: "voice" });
    this.#adult = create("input", { type: "checkbox", name: "adult" });
    this.#labels = [create("span"), create("span"), create("span")];
    this.#voiceRow = create("label", { className: "choice" }, this.#voice, this.#labels[1]);
    this.#adultRow = create("label", { className: "choice nested" }, this.#adult, this.#labels[2]);
    this.#profile = {
      age_band: this.#select(AGE_BANDS, ""),
      gender: this.#select(GENDERS, "consent.gender_"),
      variety: this.#select(VARIETIES, "consent.variety_"),
      first_language: create("input", { type: "text", maxLength: MAX_LANGUAGE_CHARS, autocomplete: "off" }),
    };
    this.element = create("form", { className: "consent" });
    this.element.append(
      create("label", { className: "choice" }, this.#text, this.#labels[0]), this.#voiceRow, this.#adultRow,
      this.#describe(),
      create("div", { className: "actions" },
        elements.button({ key: "consent.not_now" }, onRefuse),
        create("button", { type: "submit", className: "primary", key: "consent.agree" })),
    );
    this.#voice.addEventListener("change", () => this.#showAdult());
    this.element.addEventListener("submit", (event) => {
      event.preventDefault();
      onAgree();
    });
  }

  /** Nothing is ticked. @param {boolean} withVoice whether the server keeps recordings */
  reset(withVoice) {
    this.element.reset();
    this.#voiceRow.hidden = !withVoice;
    this.#showAdult();
  }

  /** @param {ConsentText} text in the language that is read @param {string} language */
  showText({ text_choice, voice_choice, adult_choice }, language) {
    [text_choice, voice_choice, adult_choice].forEach((choice, i) => {
      Object.assign(this.#labels[i], { textContent: choice, lang: language });
    });
  }

  /** Key of what is missing before one can agree; empty when nothing is. */
  get problem() {
    if (!this.#text.checked && !this.#voice.checked) return "consent.choose";
    return this.#voice.checked && !this.#adult.checked ? "consent.adults_only" : "";
  }

  /** @returns {Omit<Choices, "language">} */
  get choices() {
    const { age_band, gender, variety, first_language } = this.#profile;
    const voice = this.#voice.checked;
    return {
      text: this.#text.checked,
      voice,
      adult: voice && this.#adult.checked,
      age_band: age_band.value,
      gender: gender.value,
      variety: variety.value,
      first_language: first_language.value.trim(),
    };
  }

  #showAdult() {
    this.#adultRow.hidden = !this.#voice.checked;
    if (!this.#voice.checked) this.#adult.checked = false;
  }

  /** @param {string[]} values @param {string} prefix of their texts' keys; empty: they are shown as they are */
  #select(values, prefix) {
    const options = values.map((value) =>
      this.#elements.create("option", { value, ...(prefix ? { key: prefix + value } : { textContent: value }) }));
    const none = this.#elements.create("option", { value: "", key: "consent.no_answer" });
    return this.#elements.create("select", {}, none, ...options);
  }

  #describe() {
    const fields = Object.entries(this.#profile).map(([name, control]) => {
      control.name = name;
      const label = this.#elements.create("span", { key: `consent.${name}` });
      return this.#elements.create("label", { className: "field" }, label, control);
    });
    const summary = this.#elements.create("summary", { key: "consent.about_you" });
    return this.#elements.create("details", { className: "profile" }, summary, ...fields);
  }
}
