// Explorers on the built site: every picture exists already as a file, and moving a control
// picks the file. The markup comes from nnlib/frames.py; this script only switches it on.
//
// A classic script and img.src, not a module and fetch: those are refused on file:// pages.

(function () {
  "use strict";

  const PLAY_INTERVAL = 220; // milliseconds a picture stands while playing
  const QUIET = 500; // milliseconds without a move before the sentence is read out

  function setUp(figure) {
    const data = JSON.parse(figure.querySelector(".explore-data").textContent);
    const picture = figure.querySelector(".explore-picture");
    const caption = figure.querySelector(".explore-says");
    const folder = figure.dataset.frames;
    const controls = Array.from(figure.querySelectorAll(".explore-control"), readControl);
    const loaded = new Map(); // index -> Image, kept so that it stays decoded
    const live = addLiveRegion(figure);
    let wanted = Number(figure.dataset.first);
    let quiet = 0;

    function indexAt(positions) {
      return positions.reduce((index, at, c) => index * data.stops[c].length + at, 0);
    }

    function load(index) {
      if (!loaded.has(index)) {
        const image = new Image();
        image.src = folder + index + ".webp";
        loaded.set(index, image);
      }
      return loaded.get(index);
    }

    // Every picture that one move of one control can lead to.
    function loadNeighbors() {
      const here = controls.map((control) => control.at());
      here.forEach((_, c) => {
        for (let at = 0; at < data.stops[c].length; at++) {
          load(indexAt(here.map((old, other) => (other === c ? at : old))));
        }
      });
    }

    async function show() {
      controls.forEach((control, c) => control.say(data.stops[c]));
      const index = indexAt(controls.map((control) => control.at()));
      wanted = index;
      const image = load(index);
      try {
        await image.decode();
      } catch (error) {
        loaded.delete(index);
        if (wanted === index) caption.textContent = "This picture could not be loaded.";
        return;
      }
      if (wanted !== index) return; // the reader has moved on
      picture.src = image.src;
      picture.alt = caption.textContent = data.says[index];
      rest();
      loadNeighbors();
    }

    // Read the sentence out when nothing has moved for a while: while it plays, not at all.
    function rest() {
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        if (controls.some((control) => control.playing)) return;
        live.textContent = data.says[wanted];
        tell();
      }, QUIET);
    }

    // A link may ask for other stops: ?NAME.CONTROL=STOP, as `tell` writes it.
    const prefix = figure.dataset.name + ".";
    const asked = new URLSearchParams(location.search);

    function tell() {
      const query = new URLSearchParams(location.search);
      controls.forEach((control, c) => {
        if (control.moved()) query.set(prefix + control.name, data.stops[c][control.at()]);
        else query.delete(prefix + control.name);
      });
      const search = query.size ? "?" + query : "";
      try {
        history.replaceState(history.state, "", location.pathname + search + location.hash);
      } catch (error) {
        // a page on a disk may not change its own address
      }
    }

    controls.forEach((control, c) => {
      control.reset();
      const wish = data.stops[c].indexOf(asked.get(prefix + control.name));
      if (wish >= 0) control.go(wish);
      control.element.addEventListener("input", () => {
        stop(control);
        show();
      });
      if (control.button) control.button.addEventListener("click", () => play(control));
    });

    function stop(control) {
      if (!control.button) return;
      control.playing = false;
      control.button.textContent = "▶";
      control.button.setAttribute("aria-pressed", "false");
    }

    async function play(control) {
      if (control.playing) {
        stop(control);
        return rest();
      }
      const last = Number(control.input.max);
      if (control.at() === last) control.input.value = 0;
      else if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        control.input.value = control.at() + 1; // one stop a press, nothing moves by itself
        return show();
      }
      control.playing = true;
      control.button.textContent = "❚❚";
      control.button.setAttribute("aria-pressed", "true");
      await show();
      while (control.playing && control.at() < last) {
        await new Promise((done) => setTimeout(done, PLAY_INTERVAL));
        if (!control.playing) return;
        control.input.value = control.at() + 1;
        await show();
      }
      stop(control);
      rest();
    }

    figure.querySelector("fieldset").disabled = false;
    figure.classList.add("explore-on");
    if (controls.some((control) => asked.has(prefix + control.name))) {
      show();
      if (!location.hash) figure.scrollIntoView({ block: "center" });
    }
    whenNear(figure, loadNeighbors);
  }

  // A slider or a group of radio buttons, as one thing: at() is the index of its stop.
  function readControl(element) {
    const input = element.querySelector("input[type=range]");
    const options = Array.from(element.querySelectorAll("input[type=radio]"));
    const output = element.querySelector("output");
    return {
      element,
      input,
      name: element.dataset.control,
      button: element.querySelector(".explore-play"),
      playing: false,
      at: () => (input ? Number(input.value) : options.findIndex((option) => option.checked)),
      // Browsers restore moved controls when a page is loaded again; the picture is the first one.
      reset() {
        if (input) input.value = input.defaultValue;
        options.forEach((option) => (option.checked = option.defaultChecked));
      },
      moved: () =>
        input
          ? input.value !== input.defaultValue
          : options.some((option) => option.checked !== option.defaultChecked),
      go(at) {
        if (input) input.value = at;
        else options[at].checked = true;
      },
      say(stops) {
        if (!input) return;
        output.textContent = stops[Number(input.value)];
        input.setAttribute("aria-valuetext", output.textContent);
      },
    };
  }

  function addLiveRegion(figure) {
    const region = document.createElement("div");
    region.className = "explore-live";
    region.setAttribute("aria-live", "polite");
    figure.appendChild(region);
    return region;
  }

  function whenNear(element, act) {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) {
          observer.disconnect();
          act();
        }
      },
      { rootMargin: "300px" },
    );
    observer.observe(element);
  }

  function start() {
    const figures = Array.from(document.querySelectorAll("figure.explore"));
    const names = figures.map((figure) => figure.dataset.name);
    figures.forEach((figure, k) => {
      // The second of one name is called name2, so that an address means one explorer.
      const nth = names.slice(0, k + 1).filter((name) => name === names[k]).length;
      if (nth > 1) figure.dataset.name += nth;
    });
    figures.forEach(setUp);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
