// The picture: a photo, a clip or the camera; exactly one of them is on stage.

import * as overlay from "./overlay.js";

const drop = document.getElementById("drop");
const welcome = document.getElementById("welcome");
const view = document.getElementById("view");
const photo = document.getElementById("photo");
export const video = document.getElementById("video");
const boxes = document.getElementById("boxes");
const points = document.getElementById("points");
const [LARGEST, SMALLEST, MOST] = [1600, 460, 3]; // sides in pixels, and how far to enlarge

let now = { faces: [], chosen: 0, width: 0, height: 0, mirror: false };
let address = "";

function stage(kind) {
  welcome.hidden = kind !== null;
  view.hidden = kind === null;
  photo.hidden = kind !== "photo";
  video.hidden = kind !== "video";
  drop.classList.toggle("full", kind !== null);
}

export function clear() {
  video.pause();
  video.srcObject = null;
  video.removeAttribute("src");
  if (address) URL.revokeObjectURL(address);
  address = "";
  now = { faces: [], chosen: 0, width: 0, height: 0, mirror: false };
  stage(null);
}

// Show a photo; false where this browser cannot decode its kind.
export async function showPhoto(file) {
  clear();
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return false;
  }
  const side = Math.max(picture.width, picture.height);
  const scale = Math.min(LARGEST / side, Math.max(1, Math.min(MOST, SMALLEST / side)));
  photo.width = Math.round(picture.width * scale);
  photo.height = Math.round(picture.height * scale);
  photo.getContext("2d").drawImage(picture, 0, 0, photo.width, photo.height);
  picture.close();
  stage("photo");
  return true;
}

// Show a clip; false where this browser cannot play its kind.
export function showClip(file) {
  clear();
  video.classList.remove("mirror");
  address = URL.createObjectURL(file);
  return new Promise((done) => {
    video.onloadeddata = () => {
      stage("video");
      done(true);
    };
    video.onerror = () => {
      clear();
      done(false);
    };
    video.controls = true;
    video.muted = true;
    video.src = address;
  });
}

export async function showCamera(stream) {
  clear();
  video.controls = false;
  video.classList.add("mirror");
  video.srcObject = stream;
  await video.play();
  stage("video");
}

// What is drawn over the picture; sizes are those of the picture that was read.
export function mark(faces, { chosen, width, height, mirror = false }) {
  now = { faces, chosen, width, height, mirror };
  redraw();
}

export function redraw() {
  if (!now.width) return;
  overlay.draw(now.faces, { ...now, boxes: boxes.checked, points: points.checked });
}

// The face at a point of the stage, or null.
export function faceAt(event) {
  const area = document.getElementById("overlay").getBoundingClientRect();
  if (!now.width || !area.width) return null;
  const across = ((event.clientX - area.left) / area.width) * now.width;
  const x = now.mirror ? now.width - across : across;
  const y = ((event.clientY - area.top) / area.height) * now.height;
  const inside = ({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  return now.faces.find(inside)?.face ?? null;
}

boxes.addEventListener("change", redraw);
points.addEventListener("change", redraw);
window.addEventListener("resize", redraw);
