// Opens the report in a headless browser, in both languages and themes, wide and on a phone, and prints as JSON what it
// found: messages and requests, what the charts have drawn, what the switches and keys do, what axe-core objects to.
// Arguments: the page, and a folder for screenshots.
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

import axe from "../../node_modules/axe-core/axe.js";
import { chromium } from "../../node_modules/playwright-core/index.mjs";

const [page_file, screenshots] = process.argv.slice(2);
// Each language, theme and width is reviewed once: what axe-core says of one does not hang on the others.
const VIEWS = [
  { language: "en", colorScheme: "light", width: 1280, height: 900, isReviewed: true },
  { language: "pt", colorScheme: "dark", width: 360, height: 740, isReviewed: true },
  { language: "pt", colorScheme: "light", width: 390, height: 844, isReviewed: false },
];
const A4 = { width: 718, height: 1000 }; // between margins of a centimetre
const LOCALES = { en: "en-US", pt: "pt-BR" };

// The package has the browser for Linux on x64 in it; elsewhere, one that is installed has to do.
async function browserPath() {
  if (process.platform === "linux" && process.arch === "x64") {
    process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs20.x"; // has it unpack libraries and fonts as well
    const { default: packaged } = await import("../../node_modules/@sparticuz/chromium/build/esm/index.js");
    const path = await packaged.executablePath();
    findFonts();
    return path;
  }
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const paths = process.env.PATH.split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

// The package looks for its fonts in /tmp alone: unpacked elsewhere, it would draw no letter, and measure none.
function findFonts() {
  const folder = process.env.FONTCONFIG_PATH;
  const found = `<dir>${folder}</dir><cachedir>${folder}-cache</cachedir>`;
  writeFileSync(join(folder, "fonts.conf"), `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${found}</fontconfig>`);
}

// --- run inside the page ----------------------------------------------------------------------------------------------

function look() {
  const texts = (selector) => [...document.querySelectorAll(selector)].map((element) => element.textContent.trim());
  const shapes = (chart) =>
    [...chart.querySelectorAll("svg path")].filter((path) => !["none", "transparent"].includes(path.getAttribute("fill")));
  const cells = (row) => [...row.cells].map((cell) => cell.textContent.trim());
  const wider = [...document.querySelectorAll("svg .box")].flatMap((box) => {
    const right = box.querySelector("rect").getBBox();
    return [...box.querySelectorAll("text")]
      .filter((text) => text.getBBox().x + text.getBBox().width > right.x + right.width)
      .map((text) => text.textContent);
  });
  const isSeen = (element) => element.getBoundingClientRect().bottom <= innerHeight;
  const hints = [...document.querySelectorAll(".scroll")].map((one) => [
    one.scrollWidth > one.clientWidth + 1,
    getComputedStyle(one.previousElementSibling).display !== "none",
  ]);
  return {
    firstScreen: [...document.querySelectorAll(".verdict h2, .sum, .answers > li")].filter(isSeen).map((one) => one.innerText),
    hints: { right: hints.filter(([isWider, isSaid]) => isWider === isSaid && isWider).length, wrong: hints.filter(([isWider, isSaid]) => isWider !== isSaid).length },
    drawings: document.querySelectorAll(".drawings article > details[open]").length,
    lang: document.documentElement.lang,
    title: document.title,
    headings: texts("h1, h2, h3").length,
    levels: [...document.querySelectorAll("h1, h2, h3, h4")].map((heading) => Number(heading.tagName[1])),
    sections: texts("h2"),
    amounts: texts(".amount"),
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    background: getComputedStyle(document.body).backgroundColor,
    charts: Object.fromEntries(
      [...document.querySelectorAll(".canvas")].map((chart) => [
        chart.id,
        {
          shapes: shapes(chart).length,
          ink: chart.querySelector("svg text").getAttribute("fill"),
          label: chart.getAttribute("aria-label"),
          width: chart.firstChild.clientWidth,
        },
      ]),
    ),
    textsOutsideOfBoxes: wider,
    tables: Object.fromEntries(
      [...document.querySelectorAll("table")].map((table) => [
        table.id,
        {
          caption: table.caption.textContent.trim(),
          rows: [...table.tBodies[0].rows].map(cells),
          total: table.tFoot ? cells(table.tFoot.rows[0]) : null,
          scopes: [...table.querySelectorAll("th")].every((cell) => ["row", "col"].includes(cell.scope)),
        },
      ]),
    ),
  };
}

const focused = () => {
  const element = document.activeElement;
  return element.id || element.dataset.language || element.className || element.localName;
};

// --- the visit --------------------------------------------------------------------------------------------------------

// In a browser of its own that is one process: else the page asks another one about every run of text that it lays out,
// and waits, which takes a minute and a half. Such a browser ends with its page.
async function opened(executablePath, { language, ...options }, seen) {
  const { width, height, colorScheme } = options;
  const browser = await chromium.launch({ executablePath, args: ["--single-process", "--no-zygote"] });
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme,
    locale: LOCALES[language],
    reducedMotion: "reduce",
  });
  page.on("console", (message) => seen.messages.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.messages.push(`error: ${error.message}`));
  page.on("request", (request) => seen.requests.push(request.url()));
  await page.goto(pathToFileURL(page_file).href);
  return page;
}

// With all that opens open, but for the long tables, which are made as the others are and have thousands of cells.
async function violations(page) {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details:not(.bulk:has(table))")) details.open = true;
  });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ["violations"] }));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.html).join(" | ")}`);
}

async function viewed(executablePath, view, seen) {
  const page = await opened(executablePath, view, seen);
  const found = await page.evaluate(look);
  const name = `${view.language}-${view.colorScheme}-${view.width}`;
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
  if (view.isReviewed) found.violations = await violations(page);
  else found.keyboard = await byKeyboard(page);
  await page.context().browser().close();
  return { ...view, ...found };
}

async function switched(executablePath, seen) {
  const page = await opened(executablePath, VIEWS[0], seen);
  const steps = { before: await page.evaluate(look) };
  await page.click('[data-language="pt"]');
  steps.portuguese = await page.evaluate(look);
  await page.click("#theme");
  steps.dark = await page.evaluate(look);
  await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
  await page.emulateMedia({ media: "print" });
  await page.setViewportSize(A4);
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  steps.printed = await page.evaluate(look);
  await page.setViewportSize({ width: VIEWS[0].width, height: VIEWS[0].height });
  await page.emulateMedia({ media: "screen" });
  await page.evaluate(() => dispatchEvent(new Event("afterprint")));
  await page.click('[data-language="en"]');
  await page.click("#theme");
  steps.after = await page.evaluate(look);
  await page.setViewportSize({ width: 700, height: 900 });
  await page.waitForFunction(() => document.querySelector(".canvas").firstChild.clientWidth < 700);
  steps.narrower = await page.evaluate(look);
  await page.context().browser().close();
  return steps;
}

// On a page where nothing has been clicked: Tab goes on from there.
async function byKeyboard(page) {
  const stops = [];
  const press = async (key) => {
    await page.keyboard.press(key);
    stops.push(await page.evaluate(focused));
  };
  for (let stop = 0; stop < 4; stop += 1) await press("Tab");
  await page.keyboard.press("Enter"); // on the switch of the theme
  const themeByKey = await page.getAttribute("#theme", "aria-pressed");
  const summary = await page.locator("details:not([open]) > summary").first().elementHandle();
  for (let stop = 0; stop < 40 && !(await summary.evaluate((one) => one === document.activeElement)); stop += 1)
    await press("Tab");
  await page.keyboard.press("Enter");
  const isOpen = await summary.evaluate((one) => one.parentElement.open);
  const outline = await summary.evaluate((one) => getComputedStyle(one).outlineStyle);
  return { stops, themeByKey, isOpen, outline };
}

mkdirSync(screenshots, { recursive: true });
const executablePath = await browserPath();
if (executablePath === undefined) {
  console.log(JSON.stringify({ missing: "a browser: neither the package's own runs here, nor is one on the PATH" }));
} else {
  const seen = { messages: [], requests: [] };
  const views = [];
  for (const view of VIEWS) views.push(await viewed(executablePath, view, seen));
  console.log(JSON.stringify({ views, switches: await switched(executablePath, seen), ...seen }));
}
