// uPlot, dressed in the page's colours. Rates over time: a line each, whole numbers from zero.

import { colour } from "./colours.js";
import { h } from "./dom.js";
import { brief } from "./words.js";

const HEIGHT = 200;

/** An element with the plot in it; `set(data)` shows other values, `stop()` lets go of it. */
export function plot(label, series, data) {
  const element = h("div", { class: "plot", role: "img", "aria-label": label });
  let chart = null;
  const draw = () => {
    chart?.destroy();
    chart = new uPlot(options(series, element.clientWidth), data, element);
  };
  const sized = new ResizeObserver(() => {
    if (!element.clientWidth) return;
    if (chart) chart.setSize({ width: element.clientWidth, height: HEIGHT });
    else draw();
  });
  sized.observe(element);
  addEventListener("theme", draw);
  return {
    element,
    set: (values) => chart?.setData((data = values)),
    stop: () => {
      sized.disconnect();
      removeEventListener("theme", draw);
      chart?.destroy();
    },
  };
}

function options(series, width) {
  const ink = colour("dim");
  const grid = { stroke: colour("rule"), width: 1 };
  const axis = { stroke: ink, grid, ticks: { show: false }, font: "12px system-ui, sans-serif" };
  return {
    width,
    height: HEIGHT,
    padding: [8, 22, 0, 0],
    cursor: { y: false, points: { size: 6 } },
    legend: { live: true },
    scales: { y: { range: (_, low, high) => [0, Math.max(5, (high ?? 0) * 1.1)] } },
    axes: [
      { ...axis, values: (_, ticks) => ticks.map((at) => new Date(at * 1000).toLocaleTimeString("en-GB")), space: 90, size: 28 },
      { ...axis, size: 52, values: (_, ticks) => ticks.map((value) => brief(value)) },
    ],
    series: [
      { label: "at", value: (_, at) => (at ? new Date(at * 1000).toLocaleTimeString("en-GB") : "–") },
      ...series.map(([name, tint]) => ({
        label: name,
        stroke: colour(tint),
        fill: colour(tint, 0.1),
        width: 1.5,
        points: { show: false },
        value: (_, value) => (value === null || value === undefined ? "–" : brief(value)),
      })),
    ],
  };
}
