// Ties the parts together: what is on stage, which face is chosen, what is shown of it.

import * as api from "./api.js";
import * as bars from "./bars.js";
import * as camera from "./camera.js";
import * as clip from "./clip.js";
import * as expressions from "./expressions.js";
import * as faces from "./faces.js";
import { Points } from "./points.js";
import * as prompts from "./prompts.js";
import { Series, byColumn, rowsOf } from "./series.js";
import * as stage from "./stage.js";
import { clearProblem, say, tell } from "./status.js";
import * as table from "./table.js";
import * as timeline from "./timeline.js";

const byId = (id) => document.getElementById(id);
const KEPT = 5000; // rows of the camera
const CLIP = /\.(mp4|m4v|mov|mkv|webm|avi|mpe?g|wmv|asf|flv|mts|m2ts?|ts|vob|3g[p2])$/i;

let model = null;
let file = null; // the photo or clip on stage
let shown = { kind: "", faces: [], width: 0, height: 0 };
let chosen = 0;
let series = null; // of a clip
let points = null; // of the same
let at = 0; // the time of the clip that is shown, seconds
let cameraRows = [];
let cameraShown = 0; // when table and timeline were drawn last, seconds
let turn = 0; // of what was opened last; older answers are dropped

const wish = () => {
  const ask = prompts.asked();
  return { ask, ...expressions.wished(ask) };
};

function draw() {
  const numbers = shown.kind === "clip" ? series.faces : shown.faces.map((one) => one.face);
  if (numbers.length && !numbers.includes(chosen)) [chosen] = numbers;
  const face = shown.faces.find((one) => one.face === chosen);
  faces.draw(numbers, chosen);
  faces.describe(face);
  const why = face
    ? `This face is ${face.status}, so nothing is said of it.`
    : shown.kind ? "No face here." : "The units of the face will stand here.";
  bars.draw(face?.units ?? [], model.units, { strongest: byId("strongest").checked, why });
  prompts.show(face?.asked);
  expressions.show(face?.expressions);
  mark();
}

function mark() {
  stage.mark(shown.faces, { ...shown, chosen, mirror: shown.kind === "camera" });
}

function reset() {
  turn += 1;
  camera.stop();
  clip.giveUp();
  byId("camera").setAttribute("aria-pressed", "false");
  byId("camera").textContent = "Use the camera";
  series = null;
  points = null;
  shown = { kind: "", faces: [], width: 0, height: 0 };
  chosen = 0;
  clearProblem();
  timeline.hide();
  table.hide();
  return turn;
}

async function open(given) {
  const mine = reset();
  file = given;
  const clipped = given.type.startsWith("video/") || CLIP.test(given.name);
  try {
    await (clipped ? openClip(mine) : openPhoto(mine));
  } catch (fault) {
    if (mine !== turn) return;
    draw();
    tell(fault);
  }
}

async function openPhoto(mine, { again = false } = {}) {
  say("Reading…");
  const seen = again || (await stage.showPhoto(file));
  draw();
  const reading = await api.read(file, { ...wish(), small_faces: true });
  if (mine !== turn) return;
  clearProblem();
  shown = { kind: "photo", ...reading };
  draw();
  table.show(byColumn(rowsOf(reading, { frame: 0, time: null })));
  const count = reading.faces.length;
  const words = count ? `${count} ${count === 1 ? "face" : "faces"} read.` : "No face was found.";
  say(seen ? words : `${words} This browser cannot show this kind of picture.`);
}

async function openClip(mine) {
  const plays = await stage.showClip(file);
  draw();
  const done = await clip.follow(file, wish(), say);
  if (mine !== turn) return;
  if (!done) {
    say("Given up.");
    return;
  }
  series = new Series(done.columns);
  points = new Points(done.id, series.rows, () => mine === turn && showTime(at));
  [chosen = 0] = series.faces;
  table.show(done.columns, api.csvAddress(done.id));
  timeline.show(series, chosen, model.units);
  showTime(0);
  const words = `${series.rows} rows read.${done.note ? ` ${done.note}.` : ""}`;
  say(plays ? words : `${words} This browser cannot play this kind of clip.`);
}

function showTime(time) {
  if (!series) return;
  goTo(time);
  timeline.moveTo(time);
  draw();
}

function goTo(time) {
  at = time;
  const { videoWidth, videoHeight } = stage.video;
  const wanted = byId("points").checked;
  const seen = series.at(time, model.units).map((face) => ({ ...face, landmarks: wanted ? points.of(face.row) : null }));
  shown = { kind: "clip", faces: seen, width: videoWidth, height: videoHeight };
}

// Boxes and landmarks follow every frame that is played; bars and timeline, four times a second.
function eachFrame(_now, { mediaTime }) {
  if (series) {
    goTo(mediaTime + 0.001);
    mark();
  }
  stage.video.requestVideoFrameCallback(eachFrame);
}

async function toggleCamera() {
  if (camera.running()) {
    camera.stop();
    byId("camera").setAttribute("aria-pressed", "false");
    byId("camera").textContent = "Use the camera";
    stage.video.pause();
    say("The camera is off; the last frame stays.");
    return;
  }
  const mine = reset();
  file = null;
  cameraRows = [];
  cameraShown = 0;
  say("Asking for the camera…");
  try {
    await camera.start({ wish, told: seenByCamera, failed: (fault) => mine === turn && cameraFailed(fault) });
    byId("camera").setAttribute("aria-pressed", "true");
    byId("camera").textContent = "Stop the camera";
  } catch (fault) {
    stage.clear();
    draw();
    tell(fault);
  }
}

function cameraFailed(fault) {
  reset();
  stage.clear();
  draw();
  tell(fault);
}

function seenByCamera(reading, time) {
  shown = { kind: "camera", ...reading };
  const frame = (cameraRows.at(-1)?.frame ?? -1) + 1;
  cameraRows.push(...rowsOf(reading, { frame, time: Number(time.toFixed(3)) }));
  if (cameraRows.length > KEPT) cameraRows.splice(0, cameraRows.length - KEPT);
  draw();
  if (time - cameraShown >= 1) {
    cameraShown = time;
    const columns = byColumn(cameraRows);
    table.show(columns);
    const over = new Series(columns);
    if (over.faces.includes(chosen)) timeline.show(over, chosen, model.units);
    timeline.moveTo(time);
  }
  const count = reading.faces.length;
  say(count ? `Live: ${count} ${count === 1 ? "face" : "faces"}.` : "Live: no face in view.");
}

function again() {
  if (shown.kind === "photo" && file) openPhoto(turn, { again: true }).catch(tell);
  if (shown.kind === "clip" && file) open(file);
}

function listen() {
  const drop = byId("drop");
  byId("choose").addEventListener("click", () => byId("file").click());
  byId("file").addEventListener("change", (event) => {
    const [given] = event.target.files;
    if (given) open(given);
    event.target.value = "";
  });
  byId("camera").addEventListener("click", toggleCamera);
  byId("cancel").addEventListener("click", () => {
    clip.giveUp();
    say("Given up.");
  });
  byId("strongest").addEventListener("change", draw);
  for (const kind of ["dragover", "dragleave", "drop"]) {
    window.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", kind === "dragover");
      const given = kind === "drop" ? event.dataTransfer?.files[0] : null;
      if (given) open(given);
    });
  }
  drop.addEventListener("click", (event) => {
    const face = stage.faceAt(event);
    if (face !== null) choose(face);
  });
  faces.onChoice(choose);
  timeline.onSeek((time) => {
    if (!series) return;
    stage.video.currentTime = time;
    showTime(time);
  });
  stage.video.addEventListener("timeupdate", () => series && showTime(stage.video.currentTime));
  stage.video.requestVideoFrameCallback?.(eachFrame);
  byId("points").addEventListener("change", () => series && showTime(at));
  window.addEventListener("pagehide", camera.stop);
}

function choose(face) {
  chosen = face;
  if (series) timeline.show(series, chosen, model.units);
  draw();
}

async function begin() {
  try {
    model = await api.model();
  } catch (fault) {
    tell(fault);
    return;
  }
  byId("model").textContent = `${model.name} · ${model.units.length} units · on this machine only`;
  byId("statement").textContent = model.statement || byId("statement").textContent;
  byId("fine").textContent = `mien ${model.version}, model ${model.sha256.slice(0, 12)}. Clips are deleted when they are read, their readings after ${Math.round(model.limits.keep_seconds / 60)} minutes.`;
  prompts.setUp(model, again);
  expressions.setUp(model, again);
  listen();
  draw();
  say("");
  document.body.dataset.ready = "yes";
}

begin();
