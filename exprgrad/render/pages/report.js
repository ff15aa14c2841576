"use strict";
(() => {
  const panels = JSON.parse(document.getElementById("data").textContent);
  const short = (number) => String(Number(number.toPrecision(6)));
  const NEAR = 16; // pixels

  for (const plot of document.querySelectorAll("[data-panel]")) {
    const { across, up, logarithmic, view: [left, right, low, high], layers } = panels[plot.dataset.panel];
    const tip = plot.querySelector("output"), mark = document.createElement("div");
    mark.className = "mark";
    mark.hidden = true;
    plot.append(mark);
    const place = (x, y) => [
      (x - left) / (right - left), (high - (logarithmic ? Math.log10(y) : y)) / (high - low),
    ];
    // The points that can be read, from left to right; those that are out of the picture cannot.
    const points = layers.filter((layer) => layer.kind !== "band").flatMap((layer) =>
      layer.x.map((x, k) => ({ layer, x, y: layer.y[k], at: place(x, layer.y[k]) })));
    const seen = points.filter(({ at }) => at.every((fraction) => fraction >= 0 && fraction <= 1)).sort((p, q) => p.x - q.x);
    const bands = layers.filter((layer) => layer.kind === "band");
    let current = -1;

    function show(index) {
      current = index;
      const { layer, x, y, at } = seen[index];
      const lines = [`${across} = ${short(x)}`, `${up} = ${short(y)}`];
      if (layers.length > 1) lines.unshift(layer.kind === "dots" ? layer.label.replace(/ \(.*/, "") : layer.label);
      if (layer.kind === "line") {
        for (const band of bands) {
          const k = band.x.indexOf(x);
          if (k >= 0) lines.push(`${band.label}: ${short(band.y[k])} to ${short(band.high[k])}`);
        }
      }
      tip.textContent = lines.join("\n");
      tip.hidden = mark.hidden = false;
      const width = plot.clientWidth, height = plot.clientHeight, [a, b] = [at[0] * width, at[1] * height];
      mark.style.left = `${a}px`;
      mark.style.top = `${b}px`;
      const leftmost = 4 - plot.getBoundingClientRect().left - scrollX; // of the page: it may be wider than the plot
      tip.style.left = `${Math.max(Math.min(a + 14, width - tip.offsetWidth), leftmost)}px`;
      tip.style.top = `${b > tip.offsetHeight + 14 ? b - tip.offsetHeight - 12 : b + 14}px`;
    }
    function hide() {
      tip.hidden = mark.hidden = true;
    }
    function nearest(event) {
      const { left: x, top: y, width, height } = plot.getBoundingClientRect();
      const a = event.clientX - x, b = event.clientY - y;
      let found = -1, least = Infinity;
      seen.forEach(({ layer, at }, index) => { // dots before the curve that runs past them
        const far = layer.kind === "line" ? NEAR : 0;
        const distance = far + Math.hypot(at[0] * width - a, at[1] * height - b);
        if (distance < least) [found, least] = [index, distance];
      });
      if (found >= 0) show(found);
    }
    plot.addEventListener("pointermove", nearest);
    plot.addEventListener("pointerdown", nearest);
    plot.addEventListener("pointerleave", hide);
    plot.addEventListener("blur", hide);
    plot.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step || !seen.length) return;
      event.preventDefault();
      show(Math.min(Math.max(current + step, 0), seen.length - 1));
    });
  }
})();
