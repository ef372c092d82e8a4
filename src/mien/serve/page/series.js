// Readings over time by column, whether they come from a clip's table or from the camera.

const [ASKED, EXPRESSION] = ["ask: ", "expression_"];
const UNIT = /^AU(\d+)$/;

// columns: {name: [values]} as GET /jobs/{id}/readings gives them.
export class Series {
  constructor(columns) {
    this.columns = columns;
    this.rows = columns.status?.length ?? 0;
    this.units = Object.keys(columns).map((name) => UNIT.exec(name)).filter(Boolean);
    this.units = this.units.map((match) => Number(match[1]));
    this.times = columns.time ?? [];
    this.end = this.times.reduce((most, time) => Math.max(most, time ?? 0), 0);
    this.faces = [...new Set((columns.face ?? []).filter((face) => face !== null))];
  }

  // Rows of one face, in order of time.
  of(face) {
    const found = [];
    for (let row = 0; row < this.rows; row += 1) {
      if (this.columns.face[row] === face) found.push(row);
    }
    return found;
  }

  // Faces of the frame at `time` as POST /read would give them, with their row and no landmarks.
  at(time, known) {
    let last = 0;
    let [low, high] = [0, this.rows - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      if ((this.times[middle] ?? 0) <= time + 1e-6) {
        last = middle;
        low = middle + 1;
      } else high = middle - 1;
    }
    const frame = this.columns.frame[last];
    const faces = [];
    for (let row = last; row >= 0 && this.columns.frame[row] === frame; row -= 1) {
      if (this.columns.face[row] !== null) faces.unshift(this.face(row, known));
    }
    return faces;
  }

  face(row, known) {
    const get = (name) => this.columns[name]?.[row] ?? null;
    const number = (unit) => String(unit).padStart(2, "0");
    const status = get("status");
    const units = known.map(({ unit, threshold }) => {
      const probability = get(`AU${number(unit)}`);
      return {
        unit,
        probability,
        present: probability === null ? null : probability >= threshold,
        intensity: get(`AU${number(unit)}_intensity`),
      };
    });
    return {
      face: get("face"),
      status,
      box: { left: get("left"), top: get("top"), right: get("right"), bottom: get("bottom") },
      pose: { yaw: get("yaw"), pitch: get("pitch"), roll: get("roll") },
      quality: { size: get("size"), blur: get("blur"), frontal: get("frontal") },
      units: status === "ok" ? units : [],
      landmarks: null,
      row,
      expressions: status === "ok" ? this.expressions(row) : null,
      asked: status === "ok" ? this.asked(row) : null,
    };
  }

  expressions(row) {
    const found = this.starting(EXPRESSION, row);
    if (!found.length && !this.columns.valence) return null;
    const get = (name) => this.columns[name]?.[row] ?? null;
    return { probabilities: Object.fromEntries(found), valence: get("valence"), arousal: get("arousal") };
  }

  asked(row) {
    const found = this.starting(ASKED, row);
    return found.length ? found.map(([phrase, probability]) => ({ phrase, probability })) : null;
  }

  // What follows a prefix in the names of columns, with the row's values.
  starting(prefix, row) {
    const names = Object.keys(this.columns).filter((name) => name.startsWith(prefix));
    return names.map((name) => [name.slice(prefix.length), this.columns[name][row]]);
  }
}

// A reading of POST /read as rows of the same columns.
export function rowsOf(reading, { frame, time }) {
  if (!reading.faces.length) return [{ frame, time, status: reading.status }];
  return reading.faces.map((face) => {
    const row = { frame, time, status: face.status, face: face.face, ...face.box };
    Object.assign(row, { score: face.score, presence: face.presence }, face.pose, face.quality);
    for (const one of face.units) {
      const name = `AU${String(one.unit).padStart(2, "0")}`;
      row[name] = one.probability;
      if (one.intensity !== null) row[`${name}_intensity`] = one.intensity;
    }
    for (const [name, value] of Object.entries(face.expressions?.probabilities ?? {})) {
      row[`${EXPRESSION}${name}`] = value;
    }
    if (face.expressions && face.expressions.valence !== null) {
      Object.assign(row, { valence: face.expressions.valence, arousal: face.expressions.arousal });
    }
    for (const one of face.asked ?? []) row[`${ASKED}${one.phrase}`] = one.probability;
    return row;
  });
}

const FIRST = "frame time status face left top right bottom score presence yaw pitch roll size blur frontal".split(" ");

export function byColumn(rows) {
  const names = new Set(FIRST);
  for (const row of rows) Object.keys(row).forEach((name) => names.add(name));
  return Object.fromEntries([...names].map((name) => [name, rows.map((row) => row[name] ?? null)]));
}
