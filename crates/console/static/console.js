// The only script of the console. Every page works without it, but for passkeys, which browsers give to scripts alone.
"use strict";

// Passkeys: a form that carries `data-passkey` asks the server for a challenge, the browser for an answer to it, and is
// then sent with the answer in its field `answer`.
for (const form of document.querySelectorAll("form[data-passkey]")) {
  const words = form.querySelector("[data-passkey-words]");
  const say = (text) => {
    words.textContent = text;
    words.hidden = false;
  };
  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) {
    say("This browser knows no passkeys, or the console is not reached over a secure connection. Use a code instead.");
    continue;
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    words.hidden = true;
    try {
      const body = new URLSearchParams(new FormData(form));
      const asked = await fetch(form.dataset.passkey, { method: "POST", body, redirect: "error" });
      if (!asked.ok) throw new Error("refused");
      const { publicKey } = await asked.json();
      const answer = form.dataset.passkeyKind === "add"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
      form.elements.answer.value = JSON.stringify(answer.toJSON());
      form.submit();
    } catch (fault) {
      say(fault.name === "InvalidStateError"
        ? "This device already holds a passkey of yours."
        : "No passkey was given. Try again, or use a code instead.");
    }
  });
}

// The idle lock: as long as somebody types or moves, the server is told once a minute; else the page gives way to the
// lock. Where there is no script, the page does the same by its clock alone.
const idle = Number(document.documentElement.dataset.idle) * 1000;
if (idle > 0) {
  let last = Date.now();
  let told = last;
  const active = () => {
    last = Date.now();
    if (last - told > 60000) {
      told = last;
      fetch("/account/alive", { redirect: "error" }).catch(() => {});
    }
  };
  for (const name of ["keydown", "pointerdown", "pointermove", "scroll"]) {
    addEventListener(name, active, { passive: true, capture: true });
  }
  setInterval(() => {
    if (Date.now() - last > idle) {
      location.replace("/lock?next=" + encodeURIComponent(location.pathname + location.search));
    }
  }, 5000);
}

// An agreement is read aloud, as at the gate: its hidden button is shown where the browser has a voice.
(() => {
  const voice = window.speechSynthesis;
  const button = document.getElementById("read-aloud");
  const text = document.getElementById("agreement");
  if (!voice || !button || !text) return;
  const start = button.textContent;
  let on = false;
  const end = () => { on = false; button.textContent = start; };
  // Some browsers have the means and no voice, and some find their voices a little later.
  const show = () => { button.parentElement.hidden = voice.getVoices().length === 0; };
  show();
  voice.addEventListener("voiceschanged", show);
  button.addEventListener("click", () => {
    voice.cancel();
    if (on) { end(); return; }
    on = true;
    button.textContent = "Stop reading";
    const parts = [...text.querySelectorAll("h2,h3,p,li")];
    parts.forEach((part, at) => {
      const words = new SpeechSynthesisUtterance(part.textContent);
      words.lang = "en-GB";
      words.rate = 0.9;
      if (at === parts.length - 1) words.onend = end;
      voice.speak(words);
    });
  });
  addEventListener("pagehide", () => voice.cancel());
})();
