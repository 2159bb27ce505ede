// Explorers on the built site: every picture exists already as a file, and moving a control
// picks the file. The markup comes from nnlib/frames.py; this script only switches it on.
//
// A classic script and img.src, not a module and fetch: those are refused on file:// pages.

(function () {
  "use strict";

  const PLAY_INTERVAL = 220; // milliseconds a picture stands while playing
  const QUIET = 500; // milliseconds without a move before the sentence is read out
  const LATE = 400; // milliseconds without a picture before the reader is told to wait

  const ON_ITS_WAY = "The picture for this setting is on its way …";
  const LOST =
    "The picture for this setting could not be loaded; the one above is of another setting. " +
    "Move the control on and back. If that does not help, load the page again.";
  const DAMAGED =
    "The controls of this picture do not work: a part of the page is damaged. " +
    "Load the page again.";

  function setUp(figure) {
    const data = JSON.parse(figure.querySelector(".explore-data").textContent);
    const picture = figure.querySelector(".explore-picture");
    const caption = figure.querySelector(".explore-says");
    const folder = figure.dataset.frames;
    const controls = Array.from(figure.querySelectorAll(".explore-control"), readControl);
    check(data, controls);
    const loaded = new Map(); // index -> Image, kept so that it stays decoded
    const tries = new Map(); // index -> the number of the next try, after a bad picture
    const live = addLiveRegion(figure);
    let wanted = Number(figure.dataset.first);
    let quiet = 0;
    let late = 0;

    function indexAt(positions) {
      return positions.reduce((index, at, c) => index * data.stops[c].length + at, 0);
    }

    function load(index) {
      if (!loaded.has(index)) {
        const image = new Image();
        image.onerror = () => giveUp(index, image);
        image.src = folder + index + ".webp" + (tries.has(index) ? "?try=" + tries.get(index) : "");
        loaded.set(index, image);
      }
      return loaded.get(index);
    }

    // The picture once it can be shown, or nothing.
    async function arrival(index) {
      const image = load(index);
      const came = await image.decode().then(
        () => isWhole(image),
        () => false,
      );
      if (!came) giveUp(index, image);
      return came ? image : null;
    }

    // Asked for again it may come, if the browser does not take the bad one from its memory.
    function giveUp(index, image) {
      if (loaded.get(index) !== image) return;
      loaded.delete(index);
      tries.set(index, (tries.get(index) || 1) + 1);
    }

    // The pictures that one move of one control can lead to, if it goes that many stops at most.
    function loadNeighbors(stops) {
      const here = controls.map((control) => control.at());
      controls.forEach((control, c) => {
        for (let at = 0; at < control.count; at++) {
          const further = Math.abs(at - here[c]);
          if (further < 1 || further > stops) continue;
          load(indexAt(here.map((old, other) => (other === c ? at : old))));
        }
      });
    }

    // Under the picture, and read out once the control rests.
    function say(text) {
      caption.textContent = text;
      quiet = setTimeout(() => {
        live.textContent = text;
        tell();
      }, QUIET);
    }

    function wait() {
      figure.classList.add("explore-waits");
      caption.textContent = ON_ITS_WAY;
    }

    // Until its picture is there, the old one stands, pale if it takes long.
    async function show() {
      controls.forEach((control, c) => control.say(data.stops[c]));
      const index = indexAt(controls.map((control) => control.at()));
      wanted = index;
      clearTimeout(quiet);
      clearTimeout(late);
      if (figure.classList.contains("explore-waits")) wait();
      else late = setTimeout(wait, LATE);
      let image = await arrival(index);
      if (!image && wanted === index) image = await arrival(index); // once more, before giving up
      if (wanted !== index) return; // the reader has moved on
      clearTimeout(late);
      clearTimeout(quiet);
      figure.classList.toggle("explore-waits", !image);
      if (!image) return say(LOST);
      picture.src = image.src;
      picture.alt = data.says[index];
      say(data.says[index]);
      loadNeighbors(Infinity);
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
      control.run = null;
      control.button.textContent = "▶";
      control.button.setAttribute("aria-pressed", "false");
    }

    async function play(control) {
      if (control.run) return stop(control);
      const last = Number(control.input.max);
      if (control.at() === last) control.input.value = 0;
      else if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        control.input.value = control.at() + 1; // one stop a press, nothing moves by itself
        return show();
      }
      const run = (control.run = {}); // stopped and begun anew, it is another
      control.button.textContent = "❚❚";
      control.button.setAttribute("aria-pressed", "true");
      await show();
      while (control.run === run && control.at() < last) {
        await new Promise((done) => setTimeout(done, PLAY_INTERVAL));
        if (control.run !== run) return;
        control.input.value = control.at() + 1;
        await show();
      }
      if (control.run === run) stop(control);
    }

    const fieldset = figure.querySelector("fieldset");
    fieldset.disabled = false;
    figure.classList.add("explore-on");
    if (controls.some((control) => asked.has(prefix + control.name))) {
      show();
      if (!location.hash) figure.scrollIntoView({ block: "center" });
    }
    // A reader who passes by pays for the next stops; one who reaches for a control gets them all.
    whenNear(figure, () => loadNeighbors(1));
    const all = () => loadNeighbors(Infinity);
    ["pointerenter", "focusin"].forEach((reach) => fieldset.addEventListener(reach, all));
  }

  // Every stop is on its control and every setting has its sentence, or the page is damaged.
  function check(data, controls) {
    const fits = controls.every((control, c) => control.count === data.stops[c].length);
    const settings = data.stops.reduce((product, stops) => product * stops.length, 1);
    if (!fits || data.says.length !== settings) throw new Error("stops and sentences do not match");
  }

  // Of a file that was cut off browsers show the upper part: its last point has no color.
  function isWhole(image) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 1;
    const pen = canvas.getContext("2d");
    pen.drawImage(image, 1 - image.naturalWidth, 1 - image.naturalHeight);
    try {
      return pen.getImageData(0, 0, 1, 1).data[3] === 255;
    } catch (error) {
      return true; // a page on a disk may not look
    }
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
      count: input ? Number(input.max) + 1 : options.length,
      run: null, // while it plays
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
    figures.forEach((figure) => {
      try {
        setUp(figure);
      } catch (error) {
        // The others work on; here the first picture and its sentence stand.
        figure.classList.add("explore-off");
        const says = document.createElement("p");
        says.className = "explore-damaged";
        says.textContent = DAMAGED;
        figure.prepend(says);
        console.warn(figure.dataset.name, error);
      }
    });
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
