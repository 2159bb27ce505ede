// A lecture with a kernel: the cells on the slides can be changed and run (Shift+Enter), and the
// explorers are widgets. All cells of the chapter run first, those without a slide too.
(function () {
  "use strict";

  // The speaker's window shows this page twice more, small. One kernel is enough.
  if (/[?&](receiver|view)\b/.test(location.search)) return;

  const { token, path, code } = JSON.parse(document.getElementById("live-data").textContent);
  const { api } = window.thebeCore;

  const says = document.createElement("div");
  says.id = "live-says";
  says.setAttribute("role", "status");
  document.body.append(says);
  let wrong = "";

  function tell(state, text) {
    document.body.dataset.live = state;
    says.textContent = [text, wrong].filter(Boolean).join(" · ");
  }

  // The kernel.

  async function connect() {
    const config = api.makeConfiguration({
      mathjaxUrl: "", // it would come from another host
      serverSettings: {
        baseUrl: location.href.replace(/\/lecture\/.*$/, ""),
        token,
        appendToken: true,
      },
    });
    const rendermime = api.makeRenderMimeRegistry(config.mathjax);
    const notebook = api.setupNotebookFromBlocks(
      code.map((source, n) => ({ id: `cell-${n}`, source })),
      config,
      rendermime,
    );
    const server = api.makeServer(config);
    await server.connectToJupyterServer();
    await server.ready;
    await server.refreshRunningSessions();
    await server.shutdownAllSessions(); // a page that is loaded again begins from the beginning
    const session = await server.startNewSession(rendermime, { path, kernelName: "python3" });
    // The manager below thebe's has the widgets that we use; thebe's asks a host for all others.
    const below = Object.getPrototypeOf(Object.getPrototypeOf(session.manager));
    session.manager.loadClass = below.loadClass;
    session.kernel.statusChanged.connect((_, status) => {
      if (status === "dead" || status === "terminating")
        tell("ended", "The kernel has ended. Was this lecture opened twice? Load the page again.");
      if (status === "autorestarting")
        tell("ended", "The kernel broke down and starts anew. Load the page again.");
    });
    notebook.attachSession(session);
    return notebook;
  }

  // A cell on a slide.

  class Cell {
    constructor(element, live) {
      this.element = element;
      this.live = live;
      this.again = false; // is it to run once more when it has run?
      this.input = element.querySelector(".cell_input pre");
      this.input.contentEditable = "plaintext-only"; // colored as it was, whatever is typed
      this.input.spellcheck = false;
      this.input.setAttribute("role", "textbox");
      this.input.setAttribute("aria-multiline", "true");
      this.input.setAttribute("aria-label", "Code: Shift+Enter runs it, Escape leaves it");
      this.input.addEventListener("keydown", (event) => this.key(event));
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.className = "live-run";
      this.button.textContent = "Run";
      this.button.addEventListener("click", () =>
        this.live.isBusy ? this.stop() : this.run(),
      );
      this.input.after(this.button);
    }

    stop() {
      this.again = false;
      this.live.session.kernel.interrupt();
    }

    key(event) {
      event.stopPropagation(); // the slides stay
      if (event.isComposing) return;
      if (event.key === "Escape") this.input.blur();
      else if (event.key === "Enter" && (event.shiftKey || event.ctrlKey || event.metaKey))
        this.run();
      else if (event.key === "Enter") this.type("\n" + this.indent());
      else if (event.key === "Tab" && !event.shiftKey) this.type("    ");
      else return;
      event.preventDefault();
    }

    type(text) {
      document.execCommand("insertText", false, text); // unlike all newer ways it can be undone
    }

    // The spaces that the next line begins with.
    indent() {
      const range = getSelection().getRangeAt(0).cloneRange();
      range.setStart(this.input, 0);
      const line = range.toString().split("\n").pop();
      return /^ */.exec(line)[0] + (/:\s*$/.test(line) ? "    " : "");
    }

    async run(text = this.input.innerText) {
      if (this.live.isBusy) {
        this.again = true; // its turn comes when this run has ended, with the code as it is then
        return null;
      }
      this.live.source = text; // when its turn comes after it was changed
      this.element.classList.add("live-busy");
      this.button.textContent = "Stop";
      const done = this.live.execute(text);
      this.show();
      const result = await done;
      this.element.classList.remove("live-busy");
      this.button.textContent = "Run";
      if (!this.again) return result;
      this.again = false;
      return this.run();
    }

    // The outputs of the built page make room for those of the kernel.
    show() {
      if (this.live.isAttachedToDOM) return;
      const place = document.createElement("div");
      place.className = "cell_output live-output";
      const built = this.element.querySelector(".cell_output");
      if (built) built.replaceWith(place);
      else this.element.append(place);
      this.live.attachToDOM(place);
    }
  }

  // Keys. Those of a widget are its own, but a clicker's turn the slides wherever the focus is.
  document.addEventListener(
    "keydown",
    (event) => {
      const inside = event.target.closest(".live-output, .cell_input");
      if (!inside || !/^Page(Up|Down)$/.test(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "PageDown") Reveal.next();
      else Reveal.prev();
    },
    true,
  );
  document.querySelector(".slides").addEventListener("keydown", (event) => {
    if (!event.target.closest(".live-output")) return;
    if (event.key === "Escape") event.target.blur();
    event.stopPropagation();
  });

  async function start() {
    tell("starting", "The kernel starts …");
    const notebook = await connect();
    const shown = new Map();
    document.querySelectorAll("[data-cell]").forEach((element) => {
      const n = Number(element.dataset.cell);
      shown.set(n, new Cell(element, notebook.cells[n]));
    });
    const failed = [];
    for (const [n, cell] of notebook.cells.entries()) {
      tell("running", `Running cell ${n + 1} of ${code.length} …`);
      const result = await (shown.get(n)?.run(cell.source) ?? cell.execute());
      if (document.body.dataset.live === "ended") return;
      if (result?.error) failed.push(`cell ${n + 1}: ${result.error[0].ename}`);
      wrong = failed.join(", ");
    }
    tell(wrong ? "wrong" : "ready", wrong ? "" : "Live");
  }

  start().catch((error) => tell("ended", `No kernel: ${error.message ?? error}`));
})();
