// Speaks to the service; whatever goes wrong comes as a Problem with a remedy.

export class Problem extends Error {
  constructor(error, remedy, status = 0, retryAfter = 0) {
    super(error);
    this.remedy = remedy;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

async function call(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Problem("the service does not answer", "see whether `mien serve` still runs");
  }
  if (answer.ok) return answer;
  let said = {};
  try {
    said = await answer.json();
  } catch {
    // not ours; the status is all there is to tell
  }
  const retry = Number(answer.headers.get("retry-after")) || 0;
  throw new Problem(
    said.error ?? `the service answered ${answer.status}`,
    said.remedy ?? "try again",
    answer.status,
    retry,
  );
}

function form(fields) {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one instanceof Blob) body.append(name, one, name); // never the file's own name
      else if (one !== undefined && one !== null && one !== false) body.append(name, String(one));
    }
  }
  return body;
}

export const model = async () => (await call("/model")).json();

export const read = async (image, wish, signal) =>
  (await call("/read", { method: "POST", body: form({ image, landmarks: true, ...wish }), signal })).json();

export const addJob = async (clip, wish, signal) =>
  (await call("/jobs", { method: "POST", body: form({ clip, landmarks: true, ...wish }), signal })).json();

export const job = async (id) => (await call(`/jobs/${id}`)).json();

export const removeJob = (id) => call(`/jobs/${id}`, { method: "DELETE" });

export const readings = async (id) => (await call(`/jobs/${id}/readings`)).json();

export const landmarks = async (id, first, count) =>
  (await call(`/jobs/${id}/landmarks?first=${first}&count=${count}`)).json();

export const csvAddress = (id) => `/jobs/${id}/readings?format=csv`;
