// A lecture: the slides, the speaker's notes (press S), a pointer that shows (press P), and a
// printable version (add ?view=print to the address).
(function () {
  "use strict";

  Reveal.initialize({
    width: 1280,
    height: 800,
    margin: 0.03,
    center: false,
    hash: true,
    slideNumber: "c/t",
    transition: "none",
    plugins: [RevealNotes],
  });
  Reveal.addKeyBinding({ keyCode: 80, key: "P", description: "Pointer" }, () =>
    document.body.classList.toggle("pointer"),
  );

  // Keys that a control understands belong to the control.
  document.querySelectorAll("input, button, summary, select").forEach((control) =>
    control.addEventListener("keydown", (event) => {
      if (/^(Arrow|Home|End|Page| |Enter)/.test(event.key)) event.stopPropagation();
    }),
  );
})();
