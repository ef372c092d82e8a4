// Landmarks of a clip, fetched a stretch of rows at a time as they are looked at.

import { landmarks } from "./api.js";

const STRETCH = 100; // rows
const KEPT = 20; // stretches

export class Points {
  // rows: of the clip's table; came: told when points are there that were asked for before.
  constructor(id, rows, came) {
    Object.assign(this, { id, rows, came });
    this.stretches = new Map();
  }

  // Points of a row's face; null where it has none, and while they are on their way.
  of(row) {
    const number = Math.floor(row / STRETCH);
    const place = row - number * STRETCH;
    this.ask(number);
    if (place > STRETCH / 2) this.ask(number + 1);
    return this.stretches.get(number)?.[place] ?? null;
  }

  async ask(number) {
    const first = number * STRETCH;
    if (this.stretches.has(number) || first >= this.rows) return;
    this.stretches.set(number, null);
    if (this.stretches.size > KEPT) this.stretches.delete(this.stretches.keys().next().value);
    try {
      const { rows } = await landmarks(this.id, first, STRETCH);
      if (!this.stretches.has(number)) return; // too much was looked at meanwhile
      this.stretches.set(number, rows);
      this.came();
    } catch {
      // the job has expired: its table is here, its points are not
    }
  }
}
