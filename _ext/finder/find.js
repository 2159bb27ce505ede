// The search page: ranks the sections of the book by what was asked.
// sections.js brings the sections and other words for the same thing, the glossary brings Korean
// ones, MiniSearch the ranking, and Sphinx's language_data.js the stems of English words.

(function () {
  "use strict";

  const SHOWN = 30;
  const EXCERPT = 240; // characters
  // Words of a question that say nothing about its subject. "He" is a name in this book.
  const SILENT = new Set(
    ("a an and are as at be but by can do does for from how i if in is it its my not of on or so " +
      "than that the then there this to too vs was what when where which why will with you your"
    ).split(" "),
  );
  // How much a page counts: the chapters teach, other pages speak of them.
  const WEIGHTS = [
    [/^chapters\//, 1],
    [/^glossary/, 0.7],
    [/./, 0.4],
  ];

  const stemmer = new Stemmer();
  const { sections, synonyms } = window.book;

  function stem(word) {
    const lower = word.toLowerCase();
    return SILENT.has(lower) ? null : stemmer.stemWord(lower);
  }

  const index = new MiniSearch({
    fields: ["title", "page", "text"],
    processTerm: stem,
  });
  index.addAll(sections);

  // "backpropagation · 역전파": the Korean words of the glossary lead to the English ones.
  const korean = sections
    .filter((section) => section.term && section.title.includes(" · "))
    .flatMap((section) => {
      const [english, words] = section.title.split(" · ");
      return words.split(", ").map((word) => [word, english]);
    });
  const others = [...korean, ...synonyms];
  const isKorean = (word) => /\p{Script=Hangul}/u.test(word);

  // A word or what else it is called, any of them; a Korean word may carry a particle behind it.
  function choices(query) {
    const lower = query.toLowerCase();
    const said = others.filter(([word]) => isKorean(word) && lower.includes(word));
    const rest = said.reduce((text, [word]) => text.replace(word, " "), lower);
    const words = rest.split(/[\s\p{P}]+/u).filter((word) => word && !SILENT.has(word));
    return [
      ...said.map(([word, means]) => ({ combineWith: "OR", queries: [word, all(means)] })),
      ...words.map((word) => ({
        combineWith: "OR",
        queries: [word, ...others.filter(([from]) => from === word).map(([, to]) => all(to))],
      })),
    ];
  }

  function all(words) {
    return { combineWith: "AND", queries: words.split(" ") };
  }

  function search(query) {
    const options = {
      boost: { title: 3, page: 2 },
      prefix: (word) => word.length > 3,
      fuzzy: (word) => (word.length > 5 ? 0.15 : 0),
      boostDocument: (id) => WEIGHTS.find(([page]) => page.test(sections[id].url))[1],
    };
    const queries = choices(query);
    if (!queries.length) return [];
    // What holds all that was asked for counts more, but a heading with half of it may be better.
    const found = new Map();
    for (const [combineWith, worth] of [["OR", 1], ["AND", 1.5]]) {
      for (const each of index.search({ combineWith, queries }, options)) {
        found.set(each.id, { ...each, score: each.score * worth });
      }
    }
    return Array.from(found.values()).sort((a, b) => b.score - a.score).slice(0, SHOWN);
  }

  // The piece of a text around the first word that was found, with all that were found marked.
  function excerpt(text, terms) {
    const paragraph = document.createElement("p");
    paragraph.className = "context";
    const words = Array.from(text.matchAll(/[\p{L}\p{N}]+/gu)).filter((match) =>
      terms.has(stem(match[0])),
    );
    const from = words.length ? Math.max(0, words[0].index - EXCERPT / 3) : 0;
    const start = from && text.indexOf(" ", from) + 1; // not within a word
    const end = Math.min(text.length, start + EXCERPT);
    let at = start;
    if (start) paragraph.append("… ");
    words
      .filter((match) => match.index >= start && match.index + match[0].length <= end)
      .forEach((match) => {
        const mark = document.createElement("mark");
        mark.textContent = match[0];
        paragraph.append(text.slice(at, match.index), mark);
        at = match.index + match[0].length;
      });
    paragraph.append(text.slice(at, end), end < text.length ? " …" : "");
    return paragraph;
  }

  function item(result) {
    const section = sections[result.id];
    const line = document.createElement("li");
    const link = document.createElement("a");
    link.href = section.url;
    link.textContent =
      section.title === section.page ? section.page : `${section.page} › ${section.title}`;
    line.append(link, excerpt(section.text, new Set(result.terms)));
    return line;
  }

  function show(query) {
    const place = document.getElementById("search-results");
    const found = search(query);
    const says = document.createElement("p");
    says.className = "search-summary";
    says.setAttribute("role", "status");
    says.textContent = found.length
      ? ""
      : `No section holds “${query}”. A shorter question, or another word for it, may find one.`;
    const list = document.createElement("ul");
    list.className = "search";
    list.append(...found.map(item));
    place.replaceChildren(says, list);
  }

  const query = new URLSearchParams(location.search).get("q");
  if (query) {
    document.querySelectorAll('input[name="q"]').forEach((input) => (input.value = query));
    show(query);
  }
})();
