// face-api's expressions of faces whose boxes are given; face_api.py runs it as node.py says.
//
// Beside `found` it prints the milliseconds of CPU time that a picture took, without the first.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [folder, list] = process.argv.slice(2).map((each) => resolve(each));
const require = createRequire(join(folder, 'package.json'));
const wasm = require('@tensorflow/tfjs-backend-wasm');
const api = require('@vladmandic/face-api/dist/face-api.node-wasm.js');

wasm.setThreadsCount(1);
await api.tf.setBackend('wasm');
await api.tf.ready();
const models = join(folder, 'node_modules/@vladmandic/face-api/model');
await api.nets.faceLandmark68Net.loadFromDisk(models);
await api.nets.faceExpressionNet.loadFromDisk(models);

// As its own chain does: points in the box, the points' bounding box a fifth wider and higher,
// expressions in that.
async function expressions(picture, box) {
  const rect = new api.Rect(...box.map(Math.floor));
  const [inside] = await api.extractFaceTensors(picture, [rect]);
  const points = await api.nets.faceLandmark68Net.detectLandmarks(inside);
  const aligned = points.align(rect);
  const [face] = await api.extractFaceTensors(picture, [aligned]);
  const said = await api.nets.faceExpressionNet.predictExpressions(face);
  inside.dispose();
  face.dispose();
  return { ...said };
}

const found = [];
const spent = [];
for (const each of JSON.parse(readFileSync(list))) {
  const shape = [each.height, each.width, 3];
  const picture = api.tf.tensor3d(new Uint8Array(readFileSync(each.file)), shape, 'int32');
  const before = process.cpuUsage();
  found.push(await expressions(picture, each.box));
  const { user, system } = process.cpuUsage(before);
  spent.push((user + system) / 1000);
  picture.dispose();
}
const later = spent.slice(1);
const milliseconds = later.reduce((sum, each) => sum + each, 0) / later.length;
console.log(JSON.stringify({ found, milliseconds }));
