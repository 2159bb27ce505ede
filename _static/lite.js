// "Open live": the button goes where JupyterLite cannot work, and says why where it might have.
// Its markup comes from _ext/lite.py; without this script it is an ordinary link.

(function () {
  "use strict";

  const NO_WORKER =
    "Your browser keeps service workers from this page, as in a private window or on a site " +
    "without https, and without them the chapter cannot run here.";
  const NO_NETWORK =
    "You seem to have no network, and Python would have to be loaded. " +
    "The sliders on this page need none.";

  function setUp() {
    const button = document.querySelector("a.btn-lite");
    if (!button) return;
    if (location.protocol === "file:") {
      button.remove();
      return;
    }

    const said = document.createElement("p");
    said.className = "lite-said";
    said.setAttribute("role", "status");
    document.querySelector(".bd-header-article").after(said);

    button.addEventListener("click", (event) => {
      let why = "";
      if (!navigator.serviceWorker) why = NO_WORKER;
      else if (!navigator.onLine && button.classList.contains("lite-away")) why = NO_NETWORK;
      said.textContent = why;
      if (why) event.preventDefault();
    });
  }

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", setUp);
  else setUp();
})();
