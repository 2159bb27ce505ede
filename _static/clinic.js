// The clinic on the built site: one curve at a time, answers that answer, and a score.
// The markup comes from nnlib/frames.py and reads without this script: all curves one below
// another, with their answers folded.

(function () {
  "use strict";

  function setUp(clinic) {
    const cases = Array.from(clinic.querySelectorAll(".clinic-case"));
    const next = clinic.querySelector(".clinic-next button");
    const score = clinic.querySelector(".clinic-score");
    const first = new Map(); // case -> what was answered first; only that counts
    let at = 0;

    function say() {
      const right = (name) => cases.filter((c) => first.has(c) && name(c) === c.dataset.right).length;
      const n = first.size;
      score.textContent = n
        ? `You: ${right((c) => first.get(c))} of ${n} right. ` +
          `nn.diagnose: ${right((c) => c.dataset.engine)} of ${n}.`
        : "";
    }

    function open(index, byReader) {
      at = index;
      cases.forEach((one, k) => (one.hidden = k !== at));
      const following = cases[(at + 1) % cases.length].querySelector("img");
      following.loading = "eager"; // so that it is there when it is asked for
      next.textContent = at === cases.length - 1 ? "Begin again" : "Next curve";
      if (byReader) cases[at].querySelector(".clinic-title").focus();
    }

    function clear(one) {
      first.delete(one);
      one.querySelector(".clinic-said").replaceChildren();
      one.querySelector(".clinic-all").hidden = true;
      one.querySelector(".clinic-all").open = false;
      one.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-pressed"));
    }

    // A picture that does not come leaves the curve in words.
    function unfoldWords(one) {
      one.querySelector(".clinic-words").open = true;
    }

    cases.forEach((one) => {
      const picture = one.querySelector("img");
      picture.addEventListener("error", () => unfoldWords(one));
      if (picture.complete && picture.currentSrc && !picture.naturalWidth) unfoldWords(one);
      const buttons = Array.from(one.querySelectorAll(".clinic-answers button"));
      const answers = Array.from(one.querySelectorAll(".clinic-all li"));
      const right = buttons.findIndex((button) => button.textContent === one.dataset.right);
      buttons.forEach((button, k) => {
        button.addEventListener("click", () => {
          if (!first.has(one)) first.set(one, button.textContent);
          buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
          const said = [k, right].filter((each, i, all) => all.indexOf(each) === i);
          const lines = said.map((each) => {
            const line = document.createElement("p");
            line.className = each === right ? "clinic-right" : "clinic-wrong";
            line.append(...answers[each].cloneNode(true).childNodes);
            return line;
          });
          lines.push(one.querySelector(".clinic-engine").cloneNode(true));
          one.querySelector(".clinic-said").replaceChildren(...lines);
          one.querySelector(".clinic-all").hidden = false;
          say();
        });
      });
      clear(one);
      one.querySelector("fieldset").disabled = false;
    });

    next.addEventListener("click", () => {
      if (at === cases.length - 1) {
        cases.forEach(clear);
        say();
      }
      open((at + 1) % cases.length, true);
    });
    next.disabled = false;
    clinic.classList.add("clinic-on");
    open(0, false);
  }

  function start() {
    document.querySelectorAll(".clinic").forEach(setUp);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
