// A clip's way through the service: sent, waited for, fetched; it can be given up at any time.

import { Problem, addJob, job, readings, removeJob } from "./api.js";

const bar = document.getElementById("bar");
const box = document.getElementById("progress");
let current = null; // {abort, id, stopped}

// Resolves to {id, columns, note}, or to null when it was given up.
export async function follow(file, wish, say) {
  const mine = { abort: new AbortController(), id: null, stopped: false };
  current = mine;
  bar.removeAttribute("value");
  box.hidden = false;
  try {
    say("Sending the clip…");
    let now = await addJob(file, wish, mine.abort.signal);
    mine.id = now.id;
    while (now.state === "waiting" || now.state === "reading") {
      if (mine.stopped) return null;
      tellProgress(now, say);
      await new Promise((done) => setTimeout(done, 300));
      if (!mine.stopped) now = await job(mine.id);
    }
    if (now.state === "failed") throw new Problem(now.problem.error, now.problem.remedy);
    const table = await readings(mine.id);
    return mine.stopped ? null : { id: mine.id, columns: table.columns, note: now.note };
  } catch (fault) {
    if (mine.stopped || fault.name === "AbortError") return null;
    throw fault;
  } finally {
    if (current === mine) box.hidden = true;
  }
}

function tellProgress(now, say) {
  if (now.state === "waiting") {
    say(now.ahead ? `Waiting; ${now.ahead} before this one.` : "Waiting…");
    return;
  }
  if (now.progress > 0) bar.value = now.progress;
  say(now.frames ? `Reading: ${now.frames} frames so far.` : "Reading…");
}

// Stop what runs, and delete what the service holds of the last clip.
export function giveUp() {
  const mine = current;
  current = null;
  box.hidden = true;
  if (!mine) return;
  mine.stopped = true;
  mine.abort.abort();
  if (mine.id) removeJob(mine.id).catch(() => {}); // it may have expired by itself
}
