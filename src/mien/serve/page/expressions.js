// Expressions: only when asked for, with a purpose.

import { plain } from "./bars.js";

const form = document.getElementById("expressions");
const box = document.getElementById("express");
const purpose = document.getElementById("purpose");
const place = document.getElementById("emotions");

// What goes with each request; the purpose is only sent where it could be needed.
export const wished = (asked) => ({
  expressions: box.checked,
  purpose: (box.checked || asked.length) && purpose.value.trim() ? purpose.value.trim() : null,
});

export function setUp(model, told) {
  const has = model.expressions.length > 0 || model.affect;
  form.hidden = !(has || model.can_ask);
  document.getElementById("wanted").hidden = !has;
  form.querySelector("h2").textContent = has ? "Expressions" : "Purpose";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    told();
  });
  box.addEventListener("change", () => {
    if (box.checked && !purpose.value.trim()) purpose.focus();
    else told();
  });
  purpose.addEventListener("change", told);
}

export function show(found) {
  if (!found) {
    place.replaceChildren();
    return;
  }
  const entries = Object.entries(found.probabilities).sort((a, b) => b[1] - a[1]);
  const parts = [plain(entries)];
  if (found.valence !== null) {
    const words = document.createElement("p");
    words.className = "facts";
    words.textContent = `Valence ${found.valence.toFixed(2)}, arousal ${found.arousal.toFixed(2)} (−1 to 1).`;
    parts.push(words);
  }
  place.replaceChildren(...parts);
}
