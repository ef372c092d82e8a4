"use strict";
(() => {
  const options = { displayModeBar: false, responsive: true, showTips: false };
  const touch = window.matchMedia("(pointer: coarse)").matches;
  const drawn = new Set();
  const groups = new Map();

  const known = (canvas, layout) => {
    const name = canvas.dataset.group;
    if (!name) return null;
    if (!groups.has(name)) {
      groups.set(name, { full: layout.xaxis.range, now: layout.xaxis.range, members: [], said: [] });
      const first = document.querySelector(`[data-group="${CSS.escape(name)}"]`);
      bar(first.closest("figure"), groups.get(name));
    }
    return groups.get(name);
  };

  const clock = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const rest = (seconds - 60 * minutes).toFixed(2).padStart(minutes ? 5 : 1, "0");
    return minutes ? `${minutes}:${rest}` : `${rest} s`;
  };

  // Shows one stretch of time in every figure of a group, within what there is.
  const show = (group, from, to) => {
    const [low, high] = group.full;
    const width = Math.min(Math.max(to - from, (high - low) / 1e5, 1e-3), high - low);
    const start = Math.min(Math.max(from, low), high - width);
    group.now = [start, start + width];
    for (const text of group.said) text.textContent = `${clock(start)} to ${clock(start + width)}`;
    for (const canvas of group.members) {
      if (!drawn.has(canvas)) continue;
      const has = canvas.layout.xaxis.range;
      if (has[0] !== start || has[1] !== start + width)
        Plotly.relayout(canvas, { "xaxis.range": [start, start + width] });
    }
  };

  const bar = (figure, group) => {
    const box = document.createElement("div");
    box.className = "zoom";
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "Stretch of time shown");
    const moves = [
      ["\u2190", "earlier", (a, b) => [a - (b - a) / 2, b - (b - a) / 2]],
      ["\u2192", "later", (a, b) => [a + (b - a) / 2, b + (b - a) / 2]],
      ["+", "zoom in", (a, b) => [a + (b - a) / 4, b - (b - a) / 4]],
      ["\u2212", "zoom out", (a, b) => [a - (b - a) / 2, b + (b - a) / 2]],
      ["all", "show all", () => group.full],
    ];
    for (const [sign, title, move] of moves) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = sign;
      button.title = title;
      button.setAttribute("aria-label", title);
      button.addEventListener("click", () => show(group, ...move(...group.now)));
      box.append(button);
    }
    const said = document.createElement("span");
    said.setAttribute("aria-live", "polite");
    group.said.push(said);
    box.append(said);
    figure.before(box);
    show(group, ...group.full);
  };

  const draw = (spec) => {
    const canvas = spec.previousElementSibling;
    if (drawn.has(canvas)) return;
    const { data, layout } = JSON.parse(spec.textContent);
    const group = known(canvas, layout);
    if (group) {
      layout.xaxis.range = [...group.now];
      if (touch) layout.dragmode = false; // a finger scrolls the page; the buttons zoom
    }
    drawn.add(canvas);
    Plotly.newPlot(canvas, data, layout, options);
    if (!group) return;
    group.members.push(canvas);
    canvas.on("plotly_relayout", (change) => {
      if (change["xaxis.autorange"]) show(group, ...group.full);
      else if ("xaxis.range[0]" in change)
        show(group, change["xaxis.range[0]"], change["xaxis.range[1]"]);
    });
  };

  // One figure at a time, so that the page answers meanwhile; those in view come first.
  const waiting = [...document.querySelectorAll("script.spec")];
  const inView = (spec) => {
    const { top, bottom } = spec.parentElement.getBoundingClientRect();
    return bottom > 0 && top < window.innerHeight;
  };
  const next = () => {
    if (!waiting.length) return;
    draw(waiting.splice(Math.max(waiting.findIndex(inView), 0), 1)[0]);
    setTimeout(next);
  };
  next();

  const resize = () => drawn.forEach((canvas) => Plotly.Plots.resize(canvas));
  window.addEventListener("beforeprint", () => {
    waiting.splice(0).forEach(draw);
    for (const more of document.querySelectorAll("details")) more.open = true;
    resize();
  });
  window.addEventListener("afterprint", resize);
})();
