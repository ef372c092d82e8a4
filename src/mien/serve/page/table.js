// The readings as a table, and as a CSV file.

const place = document.getElementById("table");
const section = document.getElementById("rows");
const link = document.getElementById("download");
const SHOWN = 200;
let made = "";

// columns: {name: [values]}; address: where the whole CSV is, if the service has it.
export function show(columns, address) {
  const names = Object.keys(columns).filter((name) => columns[name].some((value) => value !== null));
  const rows = columns.status?.length ?? 0;
  section.hidden = rows === 0;
  if (!rows) return;
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const name of names) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  for (let row = 0; row < Math.min(rows, SHOWN); row += 1) {
    const line = body.insertRow();
    for (const name of names) line.insertCell().textContent = brief(columns[name][row]);
  }
  place.replaceChildren(table);
  if (rows > SHOWN) {
    const more = document.createElement("p");
    more.className = "empty";
    more.textContent = `${rows - SHOWN} more rows are in the CSV.`;
    place.append(more);
  }
  if (made) URL.revokeObjectURL(made);
  made = address ? "" : URL.createObjectURL(new Blob([csv(columns)], { type: "text/csv" }));
  link.href = address ?? made;
}

export function hide() {
  section.hidden = true;
}

export function csv(columns) {
  const names = Object.keys(columns);
  const lines = [names.map(quoted).join(",")];
  for (let row = 0; row < (columns.status?.length ?? 0); row += 1) {
    lines.push(names.map((name) => quoted(columns[name][row] ?? "")).join(","));
  }
  return `${lines.join("\r\n")}\r\n`;
}

function quoted(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function brief(value) {
  if (value === null) return "";
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
