"use strict";

// The server renders and escapes; this only puts the newest rendering in place of the last one.
const cards = document.getElementById("cards");
const status = document.getElementById("status");

async function refresh() {
  try {
    const answer = await fetch("/cards");
    if (!answer.ok) {
      throw new Error((await answer.json()).error);
    }
    cards.innerHTML = await answer.text();
    status.textContent = "Times are UTC.";
  } catch (error) {
    status.textContent = `Not up to date: ${error.message}`;
  }
  setTimeout(refresh, 1000);
}

setTimeout(refresh, 1000);
