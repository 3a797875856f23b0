"use strict";

// The server renders and escapes; this only puts the newest rendering in its place.
const MOST_ROWS = 60;
const CAMERAS_EVERY_MS = 2000;

const rows = document.getElementById("rows");
const cameras = document.getElementById("cameras");
const empty = document.getElementById("empty");
const search = document.getElementById("search");

function say(text, isGood) {
  const status = document.getElementById("status");
  status.classList.toggle("live", isGood);
  if (status.textContent !== text) {
    status.textContent = text;
  }
}

function place(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.querySelector("tr");
  const before = document.getElementById(row.id);
  if (before) {
    before.replaceChildren(...row.children);
    return;
  }
  row.classList.add("new");
  rows.prepend(row);
  empty.hidden = true;
  while (rows.children.length > MOST_ROWS) {
    rows.lastElementChild.remove();
  }
}

// EventSource connects again by itself and says where it was.
const events = new EventSource(rows.dataset.events);
events.addEventListener("observation", (event) => place(event.data));
events.addEventListener("open", () => say("live", true));
events.addEventListener("error", () => say("connecting again …", false));
events.addEventListener("trouble", (event) => say(event.data, false));

async function renewCameras() {
  try {
    const answer = await fetch("/cameras");
    if (answer.ok) {
      cameras.innerHTML = await answer.text();
    }
  } catch {
    // The events' connection tells.
  }
  setTimeout(renewCameras, CAMERAS_EVERY_MS);
}

setTimeout(renewCameras, CAMERAS_EVERY_MS);

search.addEventListener("change", () => search.requestSubmit());
search.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) {
    if (!value) {
      event.formData.delete(name);
    }
  }
});

// As in most lists: "/" goes to the search, Escape leaves it.
addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("input, select");
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    search.elements.q.focus();
  } else if (event.key === "Escape" && isTyping) {
    event.target.blur();
  }
});
