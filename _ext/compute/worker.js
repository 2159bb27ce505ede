// Python in a Web Worker: it loads Pyodide, runs what an explorer needs, and draws what is asked.
//
// Each message is a question {number, kind, ...}; its answer has the same number, and either
// `answer` or `error`. Between them it tells how far it is: {tells}.

"use strict";

const STEP = 3e6; // bytes between two reports of a download
const explorers = []; // the Python objects, by number
let python = null;
let compute = null; // the module nnlib.compute

function tell(text) {
  postMessage({ tells: text });
}

// Every byte that is fetched goes by here, so that the reader sees how much has come.
function countDownloads(megabytes) {
  const plain = self.fetch;
  let bytes = 0;
  let reported = 0;
  const count = (chunk, controller) => {
    bytes += chunk.length;
    if (bytes - reported > STEP) {
      reported = bytes;
      tell(`Downloading Python: ${Math.round(bytes / 1e6)} of about ${megabytes} MB.`);
    }
    controller.enqueue(chunk);
  };
  self.fetch = async (...request) => {
    const response = await plain(...request);
    if (!response.ok || !response.body) return response;
    const body = response.body.pipeThrough(new TransformStream({ transform: count }));
    return new Response(body, { status: response.status, headers: response.headers });
  };
  return () => (self.fetch = plain);
}

async function get(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  return response;
}

// Matplotlib reads all its fonts when it first starts. Those for PostScript and PDF take most of
// that time, and pictures in pixels need none of them.
const FEWER_FONTS = `
import importlib.util, pathlib, shutil
(folder,) = importlib.util.find_spec("matplotlib").submodule_search_locations
for kind in ("afm", "pdfcorefonts"):
    shutil.rmtree(pathlib.Path(folder, "mpl-data", "fonts", kind), ignore_errors=True)
`;

async function load({ home, engine, megabytes }) {
  tell(`Downloading Python: about ${megabytes} MB.`);
  const stopCounting = countDownloads(megabytes);
  try {
    importScripts(home + "pyodide.js");
    python = await loadPyodide({ indexURL: home });
    await python.loadPackage(["numpy", "matplotlib"], { messageCallback: () => {} });
    if (!python.loadedPackages.numpy || !python.loadedPackages.matplotlib)
      throw new Error("NumPy or Matplotlib did not arrive");
  } finally {
    stopCounting();
  }
  python.unpackArchive(await (await get(engine)).arrayBuffer(), "wheel");
  tell("Starting Python.");
  python.runPython(FEWER_FONTS);
  compute = python.pyimport("nnlib.compute");
}

// An explorer out of its chapter: its number here, and the texts of every slider's positions.
async function make({ chapter, name }) {
  const { cells, call } = (await (await get(chapter)).json())[name];
  const running = (number, of) => tell(`Running cell ${number} of ${of}.`);
  const explorer = compute.Computed(compute.run(python.toPy(cells), call, running));
  explorers.push(explorer);
  return { explorer: explorers.length - 1, texts: explorer.texts.toJs() };
}

function draw({ explorer, at }) {
  const says = explorers[explorer].draw(python.toPy(at));
  const png = explorers[explorer].png();
  const bytes = png.toJs();
  png.destroy();
  return { says, png: bytes };
}

// Of an error in Python, the last line says what it was.
function lastLine(error) {
  return String(error.message ?? error).trim().split("\n").pop();
}

const kinds = { load, make, draw };
let turn = Promise.resolve(); // one question after another

onmessage = ({ data }) => {
  turn = turn.then(async () => {
    try {
      postMessage({ number: data.number, answer: await kinds[data.kind](data) });
    } catch (error) {
      postMessage({ number: data.number, error: lastLine(error) });
    }
  });
};
