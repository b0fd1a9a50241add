// A form for each kind of task: what is shown, what is asked, and the answer as the server takes it.

import { ReadingForm } from "./reading-form.js";
import { Choice, TaskSound, TextField, marks, yesNo } from "./task-form.js";

/**
 * @typedef {import("../feedback/elements.js").Elements} Elements
 * @typedef {import("./task-api.js").Answer} Answer
 * @typedef {import("./task-api.js").Task} Task
 *
 * @typedef {Object} TaskForm
 * @property {HTMLElement[]} elements
 * @property {TaskSound[]} sounds in the order of the task's places
 * @property {() => string} problem key of what is missing; empty when the answer is complete
 * @property {() => Answer | Promise<Answer>} answer
 * @property {() => void} [close] what is open is closed
 * @property {number} [recordedMs]
 */

/** The kinds in the order in which they are offered. */
export const KINDS = ["naturalness", "comparison", "transcript", "reply", "review", "reading"];

/** @type {Record<string, (elements: Elements, task: Task) => TaskForm>} */
const FORMS = { naturalness, comparison, transcript, reply, review };

/**
 * @param {Elements} elements
 * @param {Task} task
 * @param {(wav: Blob) => Promise<string>} contribute sends a recording and gives its id
 * @returns {TaskForm}
 */
export function taskForm(elements, task, contribute) {
  if (task.kind === "reading") return new ReadingForm(elements, task, contribute);
  return FORMS[task.kind](elements, task);
}

/** @param {TaskSound[]} sounds @param {Choice[]} choices @returns {string} */
function missing(sounds, choices) {
  if (!sounds.every(({ heard }) => heard)) return "task.listen_first";
  return choices.every(({ value }) => value) ? "" : "task.answer_first";
}

/** @type {(elements: Elements, task: Task) => TaskForm} */
function naturalness(elements, { answer }) {
  const sound = new TaskSound(elements, "task.sound");
  sound.heard = "naturalness" in answer;
  const natural = marks(elements, "naturalness", "task.naturalness_question", answer.naturalness);
  const clear = marks(elements, "intelligibility", "task.intelligibility_question", answer.intelligibility);
  return {
    elements: [sound.element, natural.element, clear.element],
    sounds: [sound],
    problem: () => missing([sound], [natural, clear]),
    answer: () => ({ naturalness: Number(natural.value), intelligibility: Number(clear.value) }),
  };
}

/** @type {(elements: Elements, task: Task) => TaskForm} */
function comparison(elements, { answer }) {
  const sounds = [new TaskSound(elements, "task.sound_a", "A"), new TaskSound(elements, "task.sound_b", "B")];
  for (const sound of sounds) sound.heard = "choice" in answer;
  const options = ["a", "tie", "b"].map((value) => ({ value, key: `task.choice_${value}` }));
  const choice = new Choice(elements, "choice", "task.comparison_question", options, answer.choice);
  return {
    elements: [...sounds.map(({ element }) => element), choice.element],
    sounds,
    problem: () => missing(sounds, [choice]),
    answer: () => ({ choice: choice.value }),
  };
}

/** @type {(elements: Elements, task: Task) => TaskForm} */
function transcript(elements, { payload, answer }) {
  const sound = new TaskSound(elements, "task.sound");
  sound.heard = "text" in answer;
  const text = new TextField(elements, "text", "task.transcript_question", answer.text ?? payload.text);
  return {
    elements: [sound.element, text.element],
    sounds: [sound],
    problem: () => missing([sound], []),
    answer: () => ({ text: text.value }),
  };
}

/** @type {(elements: Elements, task: Task) => TaskForm} */
function reply(elements, { payload, answer }) {
  const answers = yesNo(elements, "answers", "task.answers_question", answer.answers);
  const shona = marks(elements, "shona", "task.shona_question", answer.shona);
  const safe = yesNo(elements, "safe", "task.safe_question", answer.safe);
  const better = new TextField(elements, "better", "task.better_reply", answer.better);
  const quotes = [["you", payload.question], ["answer", payload.reply]].map(([side, text]) =>
    elements.create("p", { className: `quote ${side}`, textContent: text, lang: "sn" }));
  return {
    elements: [...quotes, answers.element, shona.element, safe.element, better.element],
    sounds: [],
    problem: () => missing([], [answers, shona, safe]),
    answer: () => ({
      answers: answers.value === "true",
      shona: Number(shona.value),
      safe: safe.value === "true",
      better: better.value,
    }),
  };
}

/** @type {(elements: Elements, task: Task) => TaskForm} */
function review(elements, { payload, answer }) {
  const options = [{ value: "true", key: "task.right" }, { value: "false", key: "task.wrong" }];
  const right = new Choice(elements, "right", "task.review_question", options, answer.right);
  const better = new TextField(elements, "better", "task.better_text", answer.better ?? payload.text);
  const show = () => { better.element.hidden = right.value !== "false"; };
  right.onChange(show);
  show();
  const about = `task.about_${["page", "dialogue", "reading"].includes(payload.about) ? payload.about : "page"}`;
  return {
    elements: [
      elements.create("p", { className: "hint", key: about }),
      elements.create("p", { className: "judged", textContent: payload.text, lang: "sn" }),
      ...(payload.beside ? [elements.create("p", { className: "beside", textContent: payload.beside })] : []),
      right.element,
      better.element,
    ],
    sounds: [],
    problem: () => missing([], [right]),
    answer: () => ({ right: right.value === "true", better: right.value === "true" ? "" : better.value }),
  };
}
