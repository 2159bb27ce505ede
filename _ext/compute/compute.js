// Compute any value: an explorer that runs its own code, in Python in the reader's browser.
//
// explore.js fetches this file at the first press of an explorer's switch, and calls
// computeAnyValue(figure, explorer) once for each explorer: the answer is what the switch does
// when it is pressed. `explorer.use(source)` gives the controls other positions and pictures; a
// source is {texts: for each control what its positions say, look: positions -> {src, says}}, the
// latter as a promise.

(function () {
  "use strict";

  const KEPT = 100; // pictures remembered of one explorer
  const STEPS = 40; // of Play over one slider
  const GO_ON = "The stops go on working.";
  const STOPPED = `Python was stopped. ${GO_ON}`;
  const AGAIN = `${GO_ON} Press again to try once more.`;

  // The worker: one for the page, begun at the first press.

  let worker = null;
  let ready = null; // promise of Python in the worker
  const tellers = new Set(); // explorers that wait, and tell how far it is
  const users = new Set(); // explorers that have pictures computed, or wait to
  const questions = new Map(); // number -> the promise's ends
  let asked = 0;

  function begin({ compute, python, megabytes }) {
    worker = new Worker(compute + "worker.js");
    worker.onmessage = ({ data }) => {
      if (data.tells) return tellers.forEach((tell) => tell(data.tells));
      const question = questions.get(data.number);
      questions.delete(data.number);
      if (data.error) question.reject(new Error(data.error));
      else question.resolve(data.answer);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end(`Python ended: ${event.message || "its script did not arrive"}. ${AGAIN}`);
    };
    const home = new URL(python, document.baseURI).href;
    const engine = new URL(compute + "nnlib.whl", document.baseURI).href;
    ready = ask({ kind: "load", home, engine, megabytes });
    ready.then(
      () => document.documentElement.classList.add("python-is-here"),
      () => {}, // told where it was asked for
    );
  }

  function ask(question) {
    const number = ++asked;
    worker.postMessage({ number, ...question });
    return new Promise((resolve, reject) => questions.set(number, { resolve, reject }));
  }

  // Stop Python, whatever it is doing: all explorers of the page go back to their stops.
  function end(why) {
    worker?.terminate();
    worker = ready = null;
    document.documentElement.classList.remove("python-is-here");
    const left = [...questions.values()];
    questions.clear();
    left.forEach((question) => question.reject(new Error(why)));
    [...users].forEach((leave) => leave(why));
  }

  // What keeps this page from computing, if anything does.
  function obstacle() {
    if (location.protocol === "file:")
      return "A page that was opened from a disk may not start Python: open the book on a server.";
    if (typeof Worker === "undefined" || typeof WebAssembly === "undefined")
      return "This browser is too old to run Python: open the book in a newer one.";
    return "";
  }

  // An explorer's pictures, computed. While one is drawn only the newest question waits.
  function pictures(explorer, texts) {
    const kept = new Map(); // positions -> {src, says}
    let busy = false;
    let next = null;

    async function work() {
      busy = true;
      while (next) {
        const { at, resolve, reject } = next;
        next = null;
        try {
          const { says, png } = await ask({ kind: "draw", explorer, at });
          const image = new Image();
          image.src = URL.createObjectURL(new Blob([png], { type: "image/png" }));
          await image.decode();
          const picture = { src: image.src, says, image }; // kept so that it stays decoded
          remember(at.join(), picture);
          resolve(picture);
        } catch (error) {
          reject(error);
        }
      }
      busy = false;
    }

    function remember(key, picture) {
      kept.set(key, picture);
      if (kept.size <= KEPT) return;
      const [oldest, { src }] = kept.entries().next().value;
      kept.delete(oldest);
      URL.revokeObjectURL(src);
    }

    function look(at) {
      next?.resolve(null); // the reader has moved on
      next = null;
      const known = kept.get(at.join());
      if (known) return Promise.resolve(known);
      return new Promise((resolve, reject) => {
        next = { at, resolve, reject };
        if (!busy) work();
      });
    }
    // Play walks over a slider in about as many steps as a reader has patience for.
    const stride = texts.map((each) => Math.max(1, Math.round(each.length / STEPS)));
    return { texts, look, stride };
  }

  // One explorer's switch: off, on its way, or on.
  window.computeAnyValue = function (figure, explorer) {
    const button = figure.querySelector(".explore-compute");
    const cancel = figure.querySelector(".explore-cancel");
    const status = figure.querySelector(".explore-status");
    const { compute, chapter, python } = figure.dataset;
    const host = new URL(python, document.baseURI).host;
    let source = null; // the computed pictures, once they were made

    function tell(text) {
      status.textContent = text;
    }

    function waits(is) {
      if (!is && document.activeElement === cancel) button.focus();
      cancel.hidden = !is;
      if (is) tellers.add(tell);
      else tellers.delete(tell);
    }

    function isPressed() {
      return button.getAttribute("aria-pressed") === "true";
    }

    function press(is) {
      button.setAttribute("aria-pressed", String(is));
    }

    // Python has ended: back to the stops, saying why.
    function leave(why) {
      const computes = source !== null && isPressed();
      if (isPressed()) tell(why);
      users.delete(leave);
      source = null;
      waits(false);
      press(false);
      if (computes) explorer.use(explorer.stops);
    }

    async function switchOn() {
      const no = obstacle();
      if (no) return tell(`${no} ${GO_ON}`);
      press(true);
      users.add(leave);
      source ??= await prepare();
      if (!source) return;
      tell("Every value between the stops is computed as you ask for it.");
      explorer.use(source);
    }

    // The explorer's pictures, when Python is there and has run the explorer's cells.
    async function prepare() {
      waits(true);
      let mine = null;
      let says = `Python did not come from ${host}: there is no network, or something blocks it`;
      try {
        if (!worker) begin(figure.dataset);
        mine = worker;
        await ready;
        says = "The explorer's code failed";
        const address = new URL(`${compute}${chapter}.json`, document.baseURI).href;
        const made = await ask({ kind: "make", chapter: address, name: figure.dataset.name });
        waits(false);
        return pictures(made.explorer, made.texts);
      } catch (error) {
        if (worker === mine) end(`${says} (${error.message}). ${AGAIN}`);
        return null; // `leave` has said why
      }
    }

    function switchOff() {
      if (!source) return end(STOPPED);
      press(false);
      tell("");
      explorer.use(explorer.stops);
    }

    cancel.addEventListener("click", () => end(STOPPED));
    return () => (isPressed() ? switchOff() : switchOn());
  };
})();
