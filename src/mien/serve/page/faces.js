// Which of several faces is shown, and how well it can be read.

const group = document.getElementById("faces");
const facts = document.getElementById("facts");
let listener = () => {};
let drawn = "";

export function onChoice(told) {
  listener = told;
}

export function draw(numbers, chosen) {
  group.hidden = numbers.length < 2;
  const key = numbers.join();
  if (key !== drawn) {
    drawn = key;
    group.replaceChildren(...numbers.map(option));
  }
  for (const input of group.querySelectorAll("input")) input.checked = Number(input.value) === chosen;
}

export function describe(face) {
  if (!face || face.quality.size === null) {
    facts.textContent = "";
    return;
  }
  const { yaw, pitch, roll } = face.pose;
  const turned = [yaw, pitch, roll].map((angle) => `${Math.round(angle)}°`).join(" / ");
  facts.textContent = `${Math.round(face.quality.size)} px wide · blur ${face.quality.blur.toFixed(2)} · yaw / pitch / roll ${turned}`;
}

function option(number) {
  const label = document.createElement("label");
  const input = document.createElement("input");
  input.type = "radio";
  input.name = "face";
  input.value = String(number);
  input.addEventListener("change", () => listener(number));
  const words = document.createElement("span");
  words.textContent = `Face ${number}`;
  label.append(input, words);
  return label;
}
