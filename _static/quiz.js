// Questions on the built site: answers that answer, predictions that open an explorer, boxes to
// tick, and the reader's progress, which stays in this browser. The markup comes from
// nnlib/quiz.py and reads without this script: every answer is there, folded.

(function () {
  "use strict";

  const KEY = "neural-networks-hands-on";

  // What is solved: {id: true}. Storage may be switched off or full; then it lasts as long as the page.
  let solved = {};
  try {
    solved = JSON.parse(localStorage.getItem(KEY)) || {};
  } catch (error) {
    // begin anew
  }

  function remember(id, done) {
    if (done) solved[id] = true;
    else delete solved[id];
    try {
      localStorage.setItem(KEY, JSON.stringify(solved));
    } catch (error) {
      // this page still knows
    }
    showProgress();
  }

  function setUpQuestion(question) {
    const buttons = Array.from(question.querySelectorAll(".ask-answers button"));
    const answers = Array.from(question.querySelectorAll(".ask-all li"));
    const said = question.querySelector(".ask-said");
    const all = question.querySelector(".ask-all");
    const then = question.parentElement.querySelector(".predict-then");
    const id = question.dataset.question;
    const isOpen = then && isAskedFor(then);
    const lift = then && !isOpen && !solved[id] ? veil(question) : null;

    buttons.forEach((button, k) => {
      button.addEventListener("click", () => {
        const right = button.dataset.right === "yes";
        buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
        const line = document.createElement("p");
        line.className = right ? "ask-right" : "ask-wrong";
        line.append(...answers[k].cloneNode(true).childNodes);
        said.replaceChildren(line);
        if (then) then.hidden = false;
        lift?.();
        if (right || then) {
          all.hidden = false;
          remember(id, true);
        }
      });
    });
    all.hidden = true;
    all.open = false;
    if (then) then.hidden = !isOpen;
    if (solved[id]) question.classList.add("ask-solved");
    question.querySelector("fieldset").disabled = false;
  }

  // What the chapter says and prints behind a prediction, up to the next thing to move or to answer,
  // gives the answer away, so it waits for the reader's.
  // The browser's own search finds it all the same. Gives back what lifts the veil, if there is one.
  const MORE = ".explore, .ask, .clinic";

  function veil(question) {
    const behind = [];
    let element = question.closest("article .cell")?.nextElementSibling;
    while (element && !element.matches("section, h1, h2, h3, h4") && !element.querySelector(MORE)) {
      behind.push(element);
      element = element.nextElementSibling;
    }
    const linked = document.getElementById(location.hash.slice(1));
    if (!behind.length || (linked && behind.some((each) => each.contains(linked)))) return null;
    const note = document.createElement("p");
    const button = document.createElement("button");
    note.className = "predict-wait";
    button.type = "button";
    button.textContent = "Read on without an answer";
    note.append("What follows answers the question. ", button);
    const text = document.createElement("div");
    text.className = "predict-behind";
    text.hidden = "until-found";
    behind[0].before(note, text);
    text.append(...behind);
    const lift = () => {
      note.remove();
      text.hidden = false;
    };
    text.addEventListener("beforematch", lift);
    button.addEventListener("click", () => {
      lift();
      text.tabIndex = -1;
      text.focus();
    });
    return lift;
  }

  // A link to a setting of the explorer behind the question opens it.
  function isAskedFor(then) {
    const prefix = then.querySelector("figure.explore").dataset.name + ".";
    return Array.from(new URLSearchParams(location.search).keys()).some((key) =>
      key.startsWith(prefix),
    );
  }

  function setUpBox(box) {
    box.checked = Boolean(solved[box.dataset.exercise]);
    box.disabled = false;
    box.addEventListener("change", () => remember(box.dataset.exercise, box.checked));
  }

  // The page of the reader's progress: a row a chapter, whose cell names the ids of its questions.
  function showProgress() {
    document.querySelectorAll("[data-progress]").forEach((cell) => {
      const ids = cell.dataset.progress.split(" ").filter(Boolean);
      const done = ids.filter((id) => solved[id]).length;
      cell.textContent = ids.length ? `${done} of ${ids.length}` : "–";
    });
  }

  function start() {
    document.querySelectorAll(".ask").forEach((question) => {
      try {
        setUpQuestion(question);
      } catch (error) {
        console.warn(question.dataset.question, error); // damaged; the others answer
      }
    });
    document.querySelectorAll("input[data-exercise]").forEach(setUpBox);
    document.querySelectorAll("button.progress-clear").forEach((button) => {
      button.disabled = false;
      button.addEventListener("click", () => {
        solved = {};
        remember("", false);
        document.querySelectorAll("input[data-exercise]").forEach((box) => (box.checked = false));
      });
    });
    showProgress();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
