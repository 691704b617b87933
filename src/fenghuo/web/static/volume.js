// Draws each [data-volume] from its JSON block with ECharts: ink only, level marks are the colour.
// The vertical axis is a square root, since counts run from 3 to 300; zero is always on it.
(() => {
  "use strict";

  const MARKS = {
    red: "path://M7.4 1.2h9.2l6.2 6.2v9.2l-6.2 6.2H7.4l-6.2-6.2V7.4z",
    orange: "path://M12 .9 23.1 12 12 23.1.9 12z",
    yellow: "path://M12 1.6 23.2 21.8H.8z",
    blue: "circle",
  };
  const root = (value) => (value === null ? null : Math.sqrt(Math.max(value, 0)));
  const drawn = new Map();

  function tokens(element) {
    const style = getComputedStyle(element);
    return { face: style.fontFamily, of: (name) => style.getPropertyValue(`--${name}`).trim() };
  }

  function scale(data) {
    const highs = data.usual.map((pair) => (pair ? pair[1] : 0));
    const top = Math.ceil(1.1 * root(Math.max(4, ...data.counts, ...highs)));
    const interval = Math.ceil(top / 4);
    return { interval, max: interval * Math.ceil(top / interval) };
  }

  function line(data, look) {
    return { type: "line", data, symbol: "none", silent: true, animation: false, ...look };
  }

  function band(data, ink) {
    const low = data.usual.map((pair) => (pair ? root(pair[0]) : null));
    const rest = data.usual.map((pair) => (pair ? root(pair[1]) - root(pair[0]) : null));
    const hidden = { lineStyle: { opacity: 0 }, stack: "usual", z: 1 };
    return [
      line(low, hidden),
      line(rest, { ...hidden, areaStyle: { color: ink.of("band"), opacity: 1 } }),
    ];
  }

  function curves(data, ink) {
    const last = data.counts.length - 1;
    const whole = data.counts.map((count, bin) => (bin < last ? root(count) : null));
    const open = data.counts.map((count, bin) => (bin >= last - 1 ? root(count) : null));
    const strong = { color: ink.of("ink"), width: 2 };
    return [
      line(data.negative.map(root), { lineStyle: { color: ink.of("ink3"), width: 1.2 }, z: 2 }),
      line(whole, { lineStyle: strong, z: 3, markLine: stands(data, ink), markArea: unheard(data, ink) }),
      line(open, { lineStyle: { ...strong, type: [3, 3] }, z: 3 }),
    ];
  }

  // Before anybody listened there is no count: not zero, unknown.
  function unheard(data, ink) {
    const first = data.counts.findIndex((count) => count !== null);
    const end = first < 0 ? data.counts.length - 1 : first;
    const words = {
      show: end > data.counts.length / 8, formatter: data.words.unheard, position: "inside",
      color: ink.of("ink3"), fontFamily: ink.face, fontSize: 12,
    };
    const hatch = { color: ink.of("sunk"), decal: {
      symbol: "rect", color: ink.of("hair"), dashArrayX: [1, 0], dashArrayY: [1, 7], rotation: -Math.PI / 4,
    } };
    const place = end > 0 ? [[{ xAxis: 0, itemStyle: hatch, label: words }, { xAxis: end }]] : [];
    return { silent: true, animation: false, data: place };
  }

  function stands(data, ink) {
    const words = { color: ink.of("ink"), fontFamily: ink.face, fontSize: 12, distance: 6 };
    const now = {
      xAxis: data.labels.length - 1,
      label: { ...words, formatter: data.now, fontWeight: 700 },
      lineStyle: { color: ink.of("ink"), type: "solid", width: 1.2 },
    };
    const known = data.events.map((event) => ({
      xAxis: event.bin,
      label: { ...words, formatter: event.words, color: ink.of("ink2") },
      lineStyle: { color: ink.of("ink2"), type: [4, 4], width: 1 },
    }));
    return { symbol: "none", silent: true, animation: false, data: [now, ...known] };
  }

  function levels(data, ink) {
    // Words stand beside the gravest marks first, then the latest; where others stand there is none.
    const close = data.labels.length / 7;
    const grave = Object.keys(MARKS);
    const said = [];
    const ranked = [...data.levels].reverse()
      .sort((one, other) => grave.indexOf(one.level) - grave.indexOf(other.level));
    for (const mark of ranked) {
      if (said.every((other) => Math.abs(other.bin - mark.bin) >= close)) said.push(mark);
    }
    const edge = (mark) => (mark.bin > data.labels.length / 5 ? "right" : "left");
    const points = data.levels.map((mark) => ({
      value: [mark.bin, root(data.counts[mark.bin])],
      symbol: MARKS[mark.level] || "circle",
      itemStyle: { color: ink.of(mark.level), borderColor: ink.of(`${mark.level}-edge`), borderWidth: 1.2 },
      label: {
        show: said.includes(mark), position: "top", align: edge(mark), distance: 8,
        formatter: mark.words, color: ink.of(`${mark.level}-word`), fontWeight: 700, fontSize: 12,
        fontFamily: ink.face, backgroundColor: ink.of("card"), padding: [1, 3],
      },
    }));
    return { type: "scatter", data: points, symbolSize: 15, silent: true, animation: false, z: 5 };
  }

  function reading(data) {
    return (shown) => {
      const bin = shown[0].dataIndex;
      const usual = data.usual[bin];
      const range = usual ? `\n${data.words.usual} ${usual.map(Math.round).join("–")}` : "";
      if (data.counts[bin] === null) return `${data.labels[bin]}\n${data.words.unheard}`;
      const sour = `${data.words.negative} ${data.negative[bin]}`;
      return `${data.labels[bin]}\n${data.counts[bin]} ${data.words.posts} · ${sour}${range}`;
    };
  }

  function options(data, ink, width) {
    const { interval, max } = scale(data);
    const label = { color: ink.of("ink3"), fontFamily: ink.face, fontSize: 12 };
    const every = Math.max(1, Math.ceil(data.labels.length / Math.max(3, Math.floor(width / 110))));
    return {
      animation: false,
      textStyle: { fontFamily: ink.face },
      grid: { left: 34, right: 26, top: 28, bottom: 26 },
      xAxis: {
        type: "category", data: data.labels, boundaryGap: false,
        axisLine: { lineStyle: { color: ink.of("border") } },
        axisTick: { show: false },
        axisLabel: { ...label, interval: (bin) => bin % every === 0 },
      },
      yAxis: {
        type: "value", min: 0, max, interval,
        axisLabel: { ...label, formatter: (value) => String(value * value) },
        splitLine: { lineStyle: { color: ink.of("hair") } },
      },
      tooltip: {
        trigger: "axis", renderMode: "richText", confine: true, formatter: reading(data),
        backgroundColor: ink.of("card"), borderColor: ink.of("border"), borderWidth: 1,
        textStyle: { color: ink.of("ink"), fontFamily: ink.face, fontSize: 13, lineHeight: 20 },
        axisPointer: { lineStyle: { color: ink.of("border"), type: "solid" }, label: { show: false } },
      },
      series: [...band(data, ink), ...curves(data, ink), levels(data, ink)],
    };
  }

  function draw(element) {
    const data = JSON.parse(document.getElementById(element.dataset.volume).textContent);
    const chart = drawn.get(element) || echarts.init(element);
    drawn.set(element, chart);
    chart.setOption(options(data, tokens(element), element.clientWidth), true);
  }

  function sweep() {
    for (const [element, chart] of drawn) {
      if (!element.isConnected) {
        chart.dispose();
        drawn.delete(element);
      }
    }
    for (const element of document.querySelectorAll("[data-volume]")) {
      if (!drawn.has(element)) {
        draw(element);
        new ResizeObserver(() => {
          const chart = drawn.get(element);
          if (chart && element.isConnected) {
            chart.resize();
            draw(element);
          }
        }).observe(element);
      }
    }
  }

  document.addEventListener("DOMContentLoaded", sweep);
  document.addEventListener("htmx:after:swap", sweep);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const element of drawn.keys()) draw(element);
  });
})();
