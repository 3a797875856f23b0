"use strict";

// Before anything is drawn, so that nothing flashes. Without a choice, the system's one holds.
function show(theme) {
  document.documentElement.style.colorScheme = theme;
}

const chosen = localStorage.getItem("theme");
if (chosen) {
  show(chosen);
}

addEventListener("DOMContentLoaded", () => {
  document.getElementById("theme")?.addEventListener("click", () => {
    const now = localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    localStorage.setItem("theme", next);
    show(next);
  });
});
