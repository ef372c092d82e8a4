// Boxes and landmarks over a picture, in the picture's own pixels.

const canvas = document.getElementById("overlay");
const pen = canvas.getContext("2d");

// faces: [{face, status, box, landmarks}]; chosen: number of the face to stress.
export function draw(faces, { width, height, chosen, boxes, points, mirror }) {
  canvas.width = width;
  canvas.height = height;
  const shown = canvas.getBoundingClientRect().width || width;
  const px = width / shown; // one CSS pixel in picture pixels
  const across = (x) => (mirror ? width - x : x);
  for (const face of faces) {
    const main = face.face === chosen;
    const colour = face.status === "ok" ? "#2fd3c2" : "#ffb27a";
    if (points && face.landmarks) dots(face.landmarks, across, px, main);
    if (boxes) frame(face, across, px, colour, main, mirror);
  }
}

function dots(landmarks, across, px, main) {
  pen.fillStyle = main ? "rgb(235 255 252 / 85%)" : "rgb(235 255 252 / 45%)";
  const side = Math.max(1.5 * px, 1);
  for (const [x, y] of landmarks) pen.fillRect(across(x) - side / 2, y - side / 2, side, side);
}

function frame(face, across, px, colour, main, mirror) {
  const { left, top, right, bottom } = face.box;
  const from = mirror ? across(right) : left;
  const [wide, high] = [right - left, bottom - top];
  const corner = Math.min(wide, high) * 0.2;
  pen.lineCap = "round";
  for (const [style, line] of [["rgb(0 0 0 / 45%)", main ? 5 : 3.5], [colour, main ? 3 : 1.8]]) {
    pen.strokeStyle = style;
    pen.lineWidth = line * px;
    pen.beginPath();
    for (const [x, sx] of [[from, 1], [from + wide, -1]]) {
      for (const [y, sy] of [[top, 1], [top + high, -1]]) {
        pen.moveTo(x + sx * corner, y);
        pen.lineTo(x, y);
        pen.lineTo(x, y + sy * corner);
      }
    }
    pen.stroke();
  }
  label(face, from, top, px, colour);
}

function label(face, x, top, px, colour) {
  const text = face.status === "ok" ? `${face.face}` : `${face.face}: ${face.status}`;
  pen.font = `600 ${13 * px}px system-ui, sans-serif`;
  const wide = pen.measureText(text).width + 10 * px;
  const y = Math.max(top - 20 * px, 0);
  pen.fillStyle = colour;
  pen.beginPath();
  pen.roundRect(x, y, wide, 18 * px, 5 * px);
  pen.fill();
  pen.fillStyle = "#06231f";
  pen.fillText(text, x + 5 * px, y + 13.5 * px);
}
