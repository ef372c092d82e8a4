// human's reading of photographs, found by its own detector; human.py runs it as node.py says.
//
// Settings are its own, but that pictures are taken for photographs and not for a video's frames,
// that they are not brightened, and that expressions come with low scores, too.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder, list] = process.argv.slice(2).map((each) => resolve(each));
const require = createRequire(join(folder, 'package.json'));
const home = join(folder, 'node_modules/@vladmandic/human');

// It fetches its models; they lie beside it.
globalThis.fetch = async (wanted) => {
  const place = fileURLToPath(String(wanted.url ?? wanted));
  const type = place.endsWith('.json') ? 'application/json' : 'application/octet-stream';
  return new Response(readFileSync(place), { headers: { 'content-type': type } });
};
const wasm = require('@tensorflow/tfjs-backend-wasm');
wasm.setThreadsCount(1);
const { Human } = require(join(home, 'dist/human.node-wasm.js'));

const fresh = { skipFrames: 0, skipTime: 0 };
const off = { enabled: false };
const human = new Human({
  backend: 'wasm',
  wasmPath: join(folder, 'node_modules/@tensorflow/tfjs-backend-wasm/dist/'),
  modelBasePath: `file://${join(home, 'models')}/`,
  cacheSensitivity: 0,
  filter: off,
  face: {
    enabled: true,
    detector: fresh,
    emotion: { ...fresh, minConfidence: 0 },
    description: off,
    antispoof: off,
    liveness: off,
  },
  gesture: { enabled: true },
  body: off,
  hand: off,
  object: off,
});
await human.load();

const found = [];
for (const each of JSON.parse(readFileSync(list))) {
  const bytes = new Float32Array(new Uint8Array(readFileSync(each.file)));
  const picture = human.tf.tensor4d(bytes, [1, each.height, each.width, 3]);
  const { error, face, gesture } = await human.detect(picture);
  if (error) throw new Error(`${each.file}: ${error}`);
  const emotions = (face[0]?.emotion ?? []).map(({ emotion, score }) => [emotion, score]);
  found.push({
    face: face.length > 0,
    emotions: Object.fromEntries(emotions),
    gestures: gesture.map((one) => one.gesture),
  });
  picture.dispose();
}
console.log(JSON.stringify({ found }));
