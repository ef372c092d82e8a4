"use strict";
(() => {
  const options = { displayModeBar: false, responsive: true, showTips: false };
  const drawn = [];
  for (const spec of document.querySelectorAll("script.spec")) {
    const { data, layout } = JSON.parse(spec.textContent);
    const canvas = spec.previousElementSibling;
    Plotly.newPlot(canvas, data, layout, options);
    drawn.push(canvas);
  }
  const resize = () => drawn.forEach((canvas) => Plotly.Plots.resize(canvas));
  window.addEventListener("beforeprint", resize);
  window.addEventListener("afterprint", resize);
})();
