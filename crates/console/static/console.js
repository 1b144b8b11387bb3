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
