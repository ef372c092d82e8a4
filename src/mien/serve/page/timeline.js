// Action units over time: a lane for each unit, darker where it is more probable.

const section = document.getElementById("timeline");
const canvas = document.getElementById("strip");
const seek = document.getElementById("seek");
const pen = canvas.getContext("2d");
const LANE = 15;
const [LEFT, AXIS] = [46, 22];
let shown = null; // {series, rows, units}
let listener = () => {};

export function onSeek(told) {
  listener = told;
}

// Show one face of a series; known: what GET /model tells of units.
export function show(series, face, known, { step = 0.01 } = {}) {
  section.hidden = false;
  const rows = series.of(face);
  const order = known.map((one) => one.unit).filter((unit) => series.units.includes(unit));
  shown = { series, rows, units: order, face };
  seek.max = String(series.end);
  seek.step = String(step);
  canvas.setAttribute("aria-label", spoken(known));
  draw(Number(seek.value));
}

export function hide() {
  section.hidden = true;
  shown = null;
}

export function moveTo(time) {
  if (!shown) return;
  seek.value = String(time);
  seek.setAttribute("aria-valuetext", `${time.toFixed(2)} seconds`);
  draw(time);
}

function draw(time) {
  const ratio = window.devicePixelRatio || 1;
  const wide = canvas.clientWidth;
  const high = shown.units.length * LANE + AXIS;
  canvas.style.height = `${high}px`;
  canvas.width = Math.round(wide * ratio);
  canvas.height = Math.round(high * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  pen.font = "11px system-ui, sans-serif";
  pen.textBaseline = "middle";
  lanes(wide, colour);
  axis(wide, high, colour);
  pen.fillStyle = colour("--ink");
  pen.fillRect(x(time, wide) - 0.75, 0, 1.5, high - AXIS + 4);
}

const x = (time, wide) => LEFT + ((wide - LEFT - 2) * time) / Math.max(shown.series.end, 1e-6);

function lanes(wide, colour) {
  const { series, rows, units } = shown;
  const heat = colour("--heat");
  const step = usualStep(rows.map((row) => series.times[row]));
  units.forEach((unit, lane) => {
    const top = lane * LANE;
    pen.fillStyle = colour("--soft");
    pen.fillText(`AU ${unit}`, 0, top + LANE / 2);
    pen.fillStyle = colour("--well");
    pen.fillRect(LEFT, top + 1, wide - LEFT, LANE - 2);
    const values = series.columns[`AU${String(unit).padStart(2, "0")}`];
    rows.forEach((row, place) => {
      const value = values[row];
      if (value === null || value < 0.03) return;
      const from = Math.round(x(series.times[row], wide));
      const next = series.times[rows[place + 1]] ?? Infinity;
      const until = Math.round(x(Math.min(next, series.times[row] + 3 * step), wide));
      pen.fillStyle = `rgba(${heat}, ${value ** 1.3})`;
      pen.fillRect(from, top + 1, Math.max(1, Math.min(until, wide) - from), LANE - 2);
    });
  });
}

// Seconds between two frames of a face, most often.
function usualStep(times) {
  const steps = times.slice(1).map((time, place) => time - times[place]);
  steps.sort((a, b) => a - b);
  return steps[steps.length >> 1] ?? 0.04;
}

function axis(wide, high, colour) {
  const end = shown.series.end;
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300].find((one) => end / one <= 9) ?? 600;
  pen.fillStyle = colour("--soft");
  for (let time = 0; time <= end + 1e-9; time += step) {
    const text = `${Number(time.toFixed(1))} s`;
    const room = pen.measureText(text).width;
    pen.fillText(text, Math.min(x(time, wide), wide - room), high - AXIS / 2 + 3);
  }
}

function spoken(known) {
  const { series, rows, units } = shown;
  const names = new Map(known.map((one) => [one.unit, one]));
  const peaks = units.map((unit) => {
    const values = series.columns[`AU${String(unit).padStart(2, "0")}`];
    return [unit, rows.reduce((most, row) => Math.max(most, values[row] ?? 0), 0)];
  });
  const seen = peaks.filter(([unit, peak]) => peak >= (names.get(unit)?.threshold ?? 0.5));
  const list = seen.map(([unit]) => `${unit} ${names.get(unit)?.name ?? ""}`).join(", ");
  return `Action units over ${series.end.toFixed(1)} seconds. Present at some time: ${list || "none"}.`;
}

seek.addEventListener("input", () => listener(Number(seek.value)));
canvas.addEventListener("click", (event) => {
  if (!shown) return;
  const at = (event.offsetX - LEFT) / (canvas.clientWidth - LEFT - 2);
  listener(Math.max(0, Math.min(1, at)) * shown.series.end);
});
window.addEventListener("resize", () => shown && draw(Number(seek.value)));
