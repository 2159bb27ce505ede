// Explorers on the built site: every picture exists already as a file, and moving a control
// picks the file. The markup comes from nnlib/frames.py; this script only switches it on.
// Where a reader asks for any value, another script, fetched then, computes the pictures.
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
    const controls = Array.from(figure.querySelectorAll(".explore-control"), readControl);
    check(data, controls);
    const live = addLiveRegion(figure);
    const stops = files(data, figure.dataset.frames);
    const first = controls.map((control, c) => data.stops[c][control.first()]);
    let source = stops; // where the pictures come from: {texts, look}
    let asking = 0; // the number of the last question
    let [quiet, late] = [0, 0]; // timers

    const positions = () => controls.map((control) => control.at());
    const text = (c) => source.texts[c][controls[c].at()];

    // Until its picture is there, the old one stands, pale if it takes long.
    async function show() {
      controls.forEach((control, c) => control.say(text(c)));
      const mine = ++asking;
      clearTimeout(quiet);
      clearTimeout(late);
      if (figure.classList.contains("explore-waits")) wait();
      else late = setTimeout(wait, LATE);
      const found = await source.look(positions()).catch((error) => error);
      if (mine !== asking) return; // the reader has moved on
      clearTimeout(late);
      const failed = found instanceof Error;
      figure.classList.toggle("explore-waits", failed); // what is seen belongs to other positions
      caption.textContent = failed ? found.message : found.says;
      if (!failed) {
        picture.src = found.src;
        picture.alt = found.says;
      }
      rest();
      source.expect?.(positions());
    }

    function wait() {
      figure.classList.add("explore-waits");
      caption.textContent = ON_ITS_WAY;
    }

    // Read the sentence out when nothing has moved for a while: while it plays, not at all.
    function rest() {
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        if (controls.some((control) => control.run)) return;
        live.textContent = caption.textContent;
        tell();
      }, QUIET);
    }

    // Other positions and other pictures for the same controls, which stay where they are.
    function use(next) {
      controls.forEach((control, c) => {
        stop(control);
        const wish = wishes[c] ?? text(c);
        control.retune(next.texts[c].length - 1, nearest(next.texts[c], wish));
        if (next !== stops) wishes[c] = null;
      });
      source = next;
      return show();
    }

    // A link may ask for other stops: ?NAME.CONTROL=STOP, as `tell` writes it. If it asks for a
    // value between them, that stays a wish until it is computed or the control is moved.
    const prefix = figure.dataset.name + ".";
    const asked = new URLSearchParams(location.search);
    const wishes = controls.map(() => null);

    function tell() {
      const query = new URLSearchParams(location.search);
      controls.forEach((control, c) => {
        const value = wishes[c] ?? text(c);
        if (value !== first[c]) query.set(prefix + control.name, value);
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
      const wish = asked.get(prefix + control.name);
      const isStop = data.stops[c].includes(wish);
      const isBetween = !isStop && control.takesAny && liesWithin(data.stops[c], wish);
      if (isStop || isBetween) control.go(nearest(data.stops[c], wish));
      if (isBetween) wishes[c] = wish;
      control.element.addEventListener("input", () => {
        wishes[c] = null;
        stop(control);
        show();
      });
      if (control.button) control.button.addEventListener("click", () => play(control, c));
    });

    function stop(control) {
      if (!control.button) return;
      control.run = null;
      control.button.textContent = "▶";
      control.button.setAttribute("aria-pressed", "false");
    }

    async function play(control, c) {
      if (control.run) {
        stop(control);
        return rest();
      }
      wishes[c] = null;
      const last = Number(control.input.max);
      const onward = () => control.go(Math.min(last, control.at() + (source.stride?.[c] ?? 1)));
      if (control.at() === last) control.go(0);
      else if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
        onward(); // one stop a press, nothing moves by itself
        return show();
      }
      const run = (control.run = {}); // stopped and begun anew, it is another
      control.button.textContent = "❚❚";
      control.button.setAttribute("aria-pressed", "true");
      await show();
      while (control.run === run && control.at() < last) {
        await new Promise((done) => setTimeout(done, PLAY_INTERVAL));
        if (control.run !== run) return;
        onward();
        await show();
      }
      if (control.run !== run) return;
      stop(control);
      rest();
    }

    const any = figure.querySelector(".explore-compute");
    if (any) offerAnyValue(figure, any, { use, stops });

    const fieldset = figure.querySelector("fieldset");
    fieldset.disabled = false;
    figure.classList.add("explore-on");
    if (controls.some((control) => asked.has(prefix + control.name))) {
      show();
      if (!location.hash) figure.scrollIntoView({ block: "center" });
      const open = controls.filter((_, c) => wishes[c] !== null);
      if (open.length) tellWish(figure, open.map((c) => c.label()), wishes.filter(Boolean));
    }
    // A reader who passes by pays for the next stops; one who reaches for a control gets them all.
    whenNear(figure, () => stops.expect(positions(), 1));
    const all = () => source.expect?.(positions());
    ["pointerenter", "focusin"].forEach((reach) => fieldset.addEventListener(reach, all));
  }

  // Every stop is on its control and every setting has its sentence, or the page is damaged.
  function check(data, controls) {
    const fits = controls.every((control, c) => control.count === data.stops[c].length);
    const settings = data.stops.reduce((product, stops) => product * stops.length, 1);
    if (!fits || data.says.length !== settings) throw new Error("stops and sentences do not match");
  }

  // The pictures drawn beforehand, one for each combination of stops.
  function files(data, folder) {
    const loaded = new Map(); // index -> Image, kept so that it stays decoded
    const tries = new Map(); // index -> the number of the next try, after a bad picture

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

    async function look(positions) {
      const index = indexAt(positions);
      const image = (await arrival(index)) || (await arrival(index)); // once more
      if (!image) throw new Error(LOST);
      return { src: image.src, says: data.says[index] };
    }

    // Fetch the pictures that one move of one control can lead to, of so many stops at most.
    function expect(positions, most = Infinity) {
      positions.forEach((here, c) => {
        for (let at = 0; at < data.stops[c].length; at++) {
          const further = Math.abs(at - here);
          if (further < 1 || further > most) continue;
          load(indexAt(positions.map((old, other) => (other === c ? at : old))));
        }
      });
    }

    return { texts: data.stops, look, expect };
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
      first: () =>
        input ? Number(input.defaultValue) : options.findIndex((option) => option.defaultChecked),
      label: () => element.querySelector("label").textContent,
      takesAny: "between" in element.dataset,
      go(at) {
        if (input) input.value = at;
        else options[at].checked = true;
      },
      retune(last, at) {
        if (input) input.max = last;
        this.go(at);
      },
      say(text) {
        if (!input) return;
        output.textContent = text;
        input.setAttribute("aria-valuetext", text);
      },
    };
  }

  // Texts of stops are for the reader: a minus sign is no hyphen.
  function number(text) {
    return Number(text.replace("−", "-"));
  }

  function liesWithin(stops, text) {
    const value = text?.trim() ? number(text) : NaN;
    return value > number(stops[0]) && value < number(stops[stops.length - 1]);
  }

  // The position of this text, or of the number nearest to it.
  function nearest(texts, text) {
    const at = texts.indexOf(text);
    if (at >= 0) return at;
    const away = texts.map((each) => Math.abs(number(each) - number(text)));
    return away.indexOf(Math.min(...away));
  }

  // The switch for the values between the stops. What it does is fetched at the first press.
  function offerAnyValue(figure, button, explorer) {
    const status = figure.querySelector(".explore-status");
    let toggle = null;
    button.addEventListener("click", async () => {
      try {
        await computing(figure.dataset.compute + "compute.js");
      } catch (error) {
        status.textContent =
          "What computes could not be fetched: is there a network? The stops go on working.";
        return;
      }
      toggle ??= window.computeAnyValue(figure, explorer);
      toggle();
    });
  }

  let script = null; // on its way or here

  function computing(address) {
    script ??= new Promise((resolve, reject) => {
      const element = document.createElement("script");
      element.src = address;
      element.onload = resolve;
      element.onerror = () => {
        script = null; // another press tries again
        reject(new Error(address));
      };
      document.head.append(element);
    });
    return script;
  }

  // A link asked for values between the stops.
  function tellWish(figure, names, values) {
    const wish = names.map((name, k) => `${name} = ${values[k]}`).join(", ");
    figure.querySelector(".explore-status").textContent =
      `The link asks for ${wish}: press “Compute any value” to see it. The nearest stop is shown.`;
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
