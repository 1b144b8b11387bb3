(() => {
  const voice = window.speechSynthesis;
  const button = document.getElementById("read-aloud");
  const text = document.getElementById("agreement");
  if (!voice || !button || !text) return;
  const start = button.textContent;
  let on = false;
  const end = () => { on = false; button.textContent = start; };
  button.parentElement.hidden = false;
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
