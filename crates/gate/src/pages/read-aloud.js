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
