// Draws the charts from the data of the page. Every amount is written there already, in either language.
"use strict";

const drawCharts = (() => {
  const data = JSON.parse(document.getElementById("charts").textContent);
  const drawn = new Map();

  // A colour of the style sheet, as it is in the theme of the moment.
  function colour(name) {
    const probe = document.createElement("span");
    probe.style.color = `var(--${name})`;
    document.body.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  const palette = () => Array.from({ length: 8 }, (_, index) => colour(`series-${index + 1}`));
  const escaped = (text) => echarts.format.encodeHTML(text);

  function axisOfValues(language, more) {
    const short = new Intl.NumberFormat(language === "pt" ? "pt-BR" : "en-US", { notation: "compact" });
    return {
      type: "value",
      axisLabel: { color: colour("quiet"), hideOverlap: true, formatter: (value) => short.format(value) },
      splitLine: { lineStyle: { color: colour("rule") } },
      ...more,
    };
  }

  // Names of rows stand above their bars, so that they have the whole width, on a phone too; amounts beside them, or
  // below where that is too narrow for one of them.
  function rowsOf(labels, texts, width) {
    const longest = Math.max(...labels.map((label, index) => label.length + texts[index].length + 2));
    const isNarrow = longest * 6.9 > width;
    return {
      height: isNarrow ? 68 : 52,
      axis: {
        type: "category",
        inverse: true,
        data: labels,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colour("rule") } },
        z: 5,
        axisLabel: {
          inside: true,
          interval: 0,
          align: "left",
          verticalAlign: "bottom",
          margin: 2,
          padding: [0, 0, 13, 0],
          formatter: (label, index) => `{label|${label}}${isNarrow ? "\n" : "  "}{text|${texts[index]}}`,
          rich: {
            label: { color: colour("ink"), fontWeight: 600, fontSize: 12, lineHeight: 16 },
            text: { color: colour("quiet"), fontSize: 12, lineHeight: 16 },
          },
        },
      },
    };
  }

  function labelledRows(chart, language, width) {
    const written = (what) => chart.rows.map((row) => row[what][language]);
    return rowsOf(written("label"), written("text"), width);
  }

  function legend(names, width) {
    const lengths = names.map((name) => 34 + name.length * 7);
    let lines = 1;
    let used = 0;
    for (const length of lengths) {
      if (used && used + length > width - 20) {
        lines += 1;
        used = 0;
      }
      used += length;
    }
    return {
      height: lines * 24 + 18,
      option: {
        data: names,
        left: 0,
        top: 0,
        itemWidth: 14,
        itemHeight: 10,
        itemGap: 12,
        selectedMode: false,
        textStyle: { color: colour("ink"), fontSize: 12 },
      },
    };
  }

  function tooltip(write) {
    return {
      trigger: "item",
      confine: true,
      backgroundColor: colour("surface"),
      borderColor: colour("rule"),
      textStyle: { color: colour("ink"), fontSize: 12 },
      formatter: write,
    };
  }

  // From a lower to a higher amount, with a mark where a row has one.
  function ranges(chart, language, width) {
    const colours = palette();
    const rows = labelledRows(chart, language, width);
    const keys = Object.keys(chart.series);
    const marks = chart.rows.map((row, index) => [row, index]).filter(([row]) => row.mark !== undefined);
    const isBudget = keys.length === 1;
    const markName = chart.marks[language];
    const shown = legend([...keys.map((key) => chart.series[key][language]), ...(marks.length ? [markName] : [])], width);
    const bar = { type: "bar", barWidth: 14, stack: "range", cursor: "default" };
    return {
      height: shown.height + chart.rows.length * rows.height + 36,
      legend: shown.option,
      grid: { left: 6, right: 16, top: shown.height, bottom: 30 },
      xAxis: axisOfValues(language),
      yAxis: rows.axis,
      tooltip: tooltip(({ dataIndex, seriesName }) => {
        const row = chart.rows[dataIndex];
        const text = seriesName === markName ? row.mark_text : row.text;
        return `${escaped(row.label[language])}<br>${escaped(seriesName)}: ${escaped(text[language])}`;
      }),
      series: [
        {
          ...bar,
          name: "",
          silent: true,
          itemStyle: { color: "transparent" },
          data: chart.rows.map((row) => row.low ?? 0),
        },
        ...keys.map((key, index) => ({
          ...bar,
          name: chart.series[key][language],
          barMinHeight: 3,
          itemStyle: { color: colours[index], borderRadius: 2 },
          data: chart.rows.map((row) => (row.series === key && row.low !== undefined ? row.high - row.low : "-")),
        })),
        {
          type: "scatter",
          name: markName,
          cursor: "default",
          symbol: isBudget ? "rect" : "diamond",
          symbolSize: isBudget ? [4, 24] : 14,
          itemStyle: { color: colour("ink"), borderColor: colour("page"), borderWidth: 1, opacity: 1 },
          data: chart.rows.map((row, index) => (row.mark === undefined ? "-" : [row.mark, index])),
        },
      ],
    };
  }

  function stacked(chart, language, width) {
    const colours = palette();
    const rows = labelledRows(chart, language, width);
    const shown = legend(chart.series.map((one) => one.name[language]), width);
    return {
      height: shown.height + chart.rows.length * rows.height + 36,
      legend: shown.option,
      grid: { left: 6, right: 16, top: shown.height, bottom: 30 },
      xAxis: axisOfValues(language),
      yAxis: rows.axis,
      tooltip: tooltip(({ dataIndex, seriesIndex, seriesName }) => {
        const text = chart.series[seriesIndex].texts[dataIndex][language];
        return `${escaped(chart.rows[dataIndex].label[language])}<br>${escaped(seriesName)}: ${escaped(text)}`;
      }),
      series: chart.series.map((one, index) => ({
        type: "bar",
        stack: "services",
        barWidth: 14,
        cursor: "default",
        name: one.name[language],
        itemStyle: { color: colours[index], borderColor: colour("page"), borderWidth: 0.5 },
        data: one.values,
      })),
    };
  }

  // Two kinds of bars for each row, on as many panels as there are kinds of amounts.
  function panels(chart, language, width) {
    const colours = [colour("series-1"), colour("series-8")];
    const isWide = width >= 700;
    const middle = width / 2;
    const rows = chart.panels.map((panel) =>
      rowsOf(
        chart.rows.map((row) => row[language]),
        chart.rows.map((_, index) => panel.series.map((one) => one.texts[index][language]).join(" / ")),
        isWide ? middle : width,
      ),
    );
    const shown = legend(chart.panels[0].series.map((one) => one.name[language]), width);
    const titleHeight = 26;
    const each = chart.rows.length * Math.max(...rows.map((one) => one.height)) + 30;
    const top = (index) => shown.height + titleHeight + (isWide ? 0 : index * (each + titleHeight));
    return {
      height: top(isWide ? 0 : chart.panels.length - 1) + each,
      legend: shown.option,
      title: chart.panels.map((panel, index) => ({
        text: panel.title[language],
        left: isWide ? index * middle : 0,
        top: top(index) - titleHeight,
        padding: 0,
        textStyle: { color: colour("ink"), fontSize: 13, fontWeight: 600 },
      })),
      grid: chart.panels.map((_, index) => ({
        left: isWide && index ? middle + 6 : 6,
        width: (isWide ? middle : width) - 28,
        top: top(index),
        height: each - 30,
      })),
      xAxis: chart.panels.map((_, index) => axisOfValues(language, { gridIndex: index })),
      yAxis: rows.map((one, index) => ({ ...one.axis, gridIndex: index })),
      tooltip: tooltip(({ dataIndex, seriesIndex, seriesName }) => {
        const panel = chart.panels[Math.floor(seriesIndex / 2)];
        const text = panel.series[seriesIndex % 2].texts[dataIndex][language];
        const row = chart.rows[dataIndex][language];
        return `${escaped(row)}<br>${escaped(panel.title[language])}, ${escaped(seriesName)}: ${escaped(text)}`;
      }),
      series: chart.panels.flatMap((panel, index) =>
        panel.series.map((one, kind) => ({
          type: "bar",
          barWidth: 8,
          barGap: "20%",
          cursor: "default",
          name: one.name[language],
          xAxisIndex: index,
          yAxisIndex: index,
          itemStyle: { color: colours[kind], borderRadius: 1 },
          data: one.values.map((value) => value ?? "-"),
        })),
      ),
    };
  }

  const kinds = { ranges, stacked, panels };

  function draw(id, language) {
    const element = document.getElementById(`chart-${id}`);
    const { height, ...option } = kinds[data[id].kind](data[id], language, element.clientWidth);
    element.style.height = `${height}px`;
    if (!drawn.has(id)) drawn.set(id, echarts.init(element, null, { renderer: "svg" }));
    const chart = drawn.get(id);
    chart.resize();
    chart.setOption(
      {
        animation: false,
        aria: { enabled: true, label: { description: data[id].words[language] } },
        textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
        ...option,
      },
      { notMerge: true },
    );
  }

  return (language) => Object.keys(data).forEach((id) => draw(id, language));
})();
