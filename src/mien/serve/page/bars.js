// Action units as bars: probability, threshold and intensity.

const place = document.getElementById("bars");
const GROUPS = [
  ["Brows and eyes", new Set([1, 2, 4, 5, 6, 7, 43, 45])],
  ["Nose and mouth", null],
];
const LETTERS = ["", "A", "B", "C", "D", "E"];

// units: [{unit, probability, present, intensity}] or empty; known: what GET /model tells of units.
export function draw(units, known, { strongest, why }) {
  if (!units.length) {
    place.replaceChildren(note(why));
    return;
  }
  const facts = new Map(known.map((one) => [one.unit, one]));
  const strength = (one) => one.probability ?? (one.intensity ?? 0) / 5;
  if (strongest) {
    const sorted = [...units].sort((a, b) => strength(b) - strength(a));
    place.replaceChildren(list("All units", sorted, facts));
    return;
  }
  const upper = GROUPS[0][1];
  const parts = GROUPS.flatMap(([title, members]) => {
    const inside = units.filter((one) => (members ? members.has(one.unit) : !upper.has(one.unit)));
    if (!inside.length) return [];
    const head = document.createElement("h3");
    head.className = "group";
    head.textContent = title;
    return [head, list(title, inside, facts)];
  });
  place.replaceChildren(...parts);
}

// entries: [[name, 0-1]]
export function plain(entries) {
  const box = document.createElement("div");
  for (const [name, value] of entries) {
    const row = element("div", "unit plain");
    row.append(
      element("span", "name", name),
      track(value, null),
      element("span", "value", percent(value)),
    );
    box.append(row);
  }
  return box;
}

export function note(text) {
  return element("p", "empty", text);
}

function list(title, units, facts) {
  const box = element("div", "");
  box.setAttribute("role", "list");
  box.setAttribute("aria-label", title);
  for (const one of units) box.append(row(one, facts.get(one.unit)));
  return box;
}

function row(one, facts) {
  const line = element("div", one.present ? "unit present" : "unit");
  line.setAttribute("role", "listitem");
  const name = element("span", "name", facts?.name ?? "");
  line.title = facts?.look ?? "";
  const value = one.probability === null ? "" : percent(one.probability);
  const pips = element("span", "pips");
  let spoken = `unit ${one.unit}, ${facts?.name ?? ""}`;
  if (one.probability !== null) spoken += `, ${value}${one.present ? ", present" : ""}`;
  if (one.intensity !== null) {
    const fill = document.createElement("i");
    fill.style.width = `${Math.min(100, one.intensity * 20)}%`;
    pips.append(fill);
    const letter = LETTERS[Math.max(0, Math.min(5, Math.round(one.intensity)))];
    pips.title = `intensity ${one.intensity.toFixed(1)} of 5${letter ? ` (about ${letter})` : ""}`;
    spoken += `, intensity ${one.intensity.toFixed(1)} of 5`;
  }
  line.setAttribute("aria-label", spoken);
  line.append(
    element("b", "", String(one.unit)),
    name,
    track(one.probability ?? 0, facts?.threshold ?? null),
    element("span", "value", value),
    one.intensity === null ? element("span", "") : pips,
  );
  return line;
}

function track(value, threshold) {
  const box = element("span", "track");
  const fill = element("span", "fill");
  fill.style.width = `${Math.max(0, Math.min(1, value)) * 100}%`;
  box.append(fill);
  if (threshold !== null) {
    const mark = element("span", "mark");
    mark.style.left = `${threshold * 100}%`;
    box.append(mark);
  }
  return box;
}

const percent = (value) => `${Math.round(value * 100)} %`;

function element(kind, name, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}
