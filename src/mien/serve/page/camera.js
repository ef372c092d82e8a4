// The camera: frames are posted one after the other, never faster than RATE and never two at once.

import { Problem, read } from "./api.js";
import * as stage from "./stage.js";

const RATE = 8;
const WIDTH = 640;
const PATIENCE = 20;
let stream = null;

export const running = () => stream !== null;

// told(reading, seconds) after each frame; failed(problem) when it ends by itself.
export async function start({ wish, told, failed }) {
  if (!navigator.mediaDevices) {
    throw new Problem("this browser gives no camera to this address", "open the page as http://127.0.0.1 or http://localhost");
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: WIDTH }, facingMode: "user" },
      audio: false,
    });
  } catch (fault) {
    stream = null;
    const none = fault.name === "NotFoundError";
    throw new Problem(
      none ? "no camera was found" : "the camera was not given to this page",
      none ? "connect one, or choose a file" : "allow it in the browser, or close what else uses it",
    );
  }
  const mine = stream;
  await stage.showCamera(mine);
  loop(mine, { wish, told, failed });
}

export function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
}

async function loop(mine, { wish, told, failed }) {
  const canvas = document.createElement("canvas");
  const began = performance.now();
  let busy = 0;
  while (stream === mine) {
    const from = performance.now();
    let pause = 1000 / RATE;
    try {
      const picture = await grab(canvas);
      if (stream !== mine) return; // stopped meanwhile: nothing more is sent
      const reading = await read(picture, wish());
      busy = 0;
      if (stream === mine) told(reading, (from - began) / 1000);
    } catch (fault) {
      busy += 1;
      if (fault.status !== 503 || busy > PATIENCE) {
        if (stream === mine) failed(fault);
        return;
      }
      pause = 1000 * Math.max(fault.retryAfter, 0.5);
    }
    await new Promise((done) => setTimeout(done, Math.max(0, pause - (performance.now() - from))));
  }
}

function grab(canvas) {
  const { videoWidth, videoHeight } = stage.video;
  const scale = Math.min(1, WIDTH / Math.max(videoWidth, videoHeight));
  canvas.width = Math.max(1, Math.round(videoWidth * scale));
  canvas.height = Math.max(1, Math.round(videoHeight * scale));
  canvas.getContext("2d").drawImage(stage.video, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
}
