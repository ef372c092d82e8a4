// What is going on, in words; and what went wrong, with its remedy.

import { Problem } from "./api.js";

const line = document.getElementById("status");
const box = document.getElementById("problem");

export function say(text) {
  if (line.textContent !== text) line.textContent = text;
}

export function clearProblem() {
  box.hidden = true;
  box.replaceChildren();
}

export function tell(fault) {
  const known = fault instanceof Problem;
  const what = document.createElement("strong");
  what.textContent = sentence(known ? fault.message : "something went wrong in this page");
  const then = document.createElement("span");
  then.textContent = sentence(known ? fault.remedy : "load the page again");
  box.replaceChildren(what, then);
  box.hidden = false;
  say("");
}

function sentence(text) {
  const tidy = text.replaceAll("`", "").trim();
  return tidy.charAt(0).toUpperCase() + tidy.slice(1) + (/[.!?]$/.test(tidy) ? "" : ".");
}
