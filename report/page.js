// The switches of the page: its language, which starts as the browser's, and its theme.
"use strict";

(() => {
  const root = document.documentElement;
  const themeButton = document.getElementById("theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const languages = { en: "en", pt: "pt-BR" };
  let language = "en";
  let theme = null; // the system's, until somebody chooses

  const english = new Map([...document.querySelectorAll("[data-pt]")].map((element) => [element, element.textContent]));
  const englishLabels = new Map(
    [...document.querySelectorAll("[data-pt-label]")].map((element) => [element, element.getAttribute("aria-label")]),
  );

  // Says above what is wider than the page that it scrolls; what is closed has no width yet.
  function markWider() {
    for (const one of document.querySelectorAll(".scroll")) one.classList.toggle("is-wider", one.scrollWidth > one.clientWidth + 1);
  }

  function speak(chosen) {
    language = chosen;
    root.lang = languages[chosen];
    for (const [element, text] of english) element.textContent = chosen === "pt" ? element.dataset.pt : text;
    for (const [element, label] of englishLabels)
      element.setAttribute("aria-label", chosen === "pt" ? element.dataset.ptLabel : label);
    for (const button of document.querySelectorAll("[data-language]"))
      button.setAttribute("aria-pressed", String(button.dataset.language === chosen));
    drawCharts(language);
    markWider();
  }

  function paint() {
    const isDark = theme === null ? prefersDark.matches : theme === "dark";
    if (theme !== null) root.dataset.theme = theme;
    themeButton.setAttribute("aria-pressed", String(isDark));
    drawCharts(language);
  }

  for (const button of document.querySelectorAll("[data-language]"))
    button.addEventListener("click", () => speak(button.dataset.language));
  themeButton.addEventListener("click", () => {
    theme = themeButton.getAttribute("aria-pressed") === "true" ? "light" : "dark";
    paint();
  });
  prefersDark.addEventListener("change", paint);
  matchMedia("print").addEventListener("change", () => drawCharts(language)); // paper is always light

  let width = root.clientWidth;
  addEventListener("resize", () => {
    if (root.clientWidth === width) return; // a phone's address bar comes and goes
    width = root.clientWidth;
    drawCharts(language);
    markWider();
  });
  document.addEventListener("toggle", markWider, true); // which does not bubble

  // Paper cannot be opened: all but what is long and alike.
  const opened = [];
  addEventListener("beforeprint", () => {
    opened.push(...document.querySelectorAll("details:not([open], .bulk)"));
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened.splice(0)) details.open = false;
  });

  root.classList.add("scripted");
  speak(navigator.language.startsWith("pt") ? "pt" : "en");
  paint();
})();
