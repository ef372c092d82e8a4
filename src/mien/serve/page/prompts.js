// Phrases to put to each face.

import { plain } from "./bars.js";

const form = document.getElementById("ask");
const input = document.getElementById("phrase");
const list = document.getElementById("prompts");
const answers = document.getElementById("answers");
const hint = document.getElementById("askhint");
let phrases = [];
let most = 16;
let changed = () => {};

export const asked = () => [...phrases];

export function setUp(model, told) {
  form.hidden = false;
  most = model.limits.prompts;
  changed = told;
  if (model.can_ask) {
    hint.textContent = "Any phrase about the face; Enter adds it.";
    return;
  }
  input.disabled = true;
  form.querySelector("button").disabled = true;
  hint.textContent = "This model cannot be asked. Start the service with one that can, such as the shipped model.";
}

export function show(found) {
  answers.replaceChildren(...(found ? [plain(found.map((one) => [one.phrase, one.probability]))] : []));
}

function draw() {
  list.replaceChildren(
    ...phrases.map((phrase) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${phrase} ×`;
      button.setAttribute("aria-label", `Remove ${phrase}`);
      button.addEventListener("click", () => {
        phrases = phrases.filter((one) => one !== phrase);
        draw();
        input.focus();
        changed();
      });
      item.append(button);
      return item;
    }),
  );
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const phrase = input.value.trim();
  if (!phrase || phrases.includes(phrase) || phrases.length >= most) return;
  phrases.push(phrase);
  input.value = "";
  draw();
  changed();
});
