/* A law: changing the version keeps the article that is being read; the contents show where the reader is. */
(() => {
  "use strict";

  const law = document.querySelector("[data-law]");
  if (!law) return;
  /* An anchor that stands on another page of the text: the server knows which. */
  if (law.dataset.lawPages > 1 && location.hash.length > 1) {
    const anchor = decodeURIComponent(location.hash.slice(1));
    if (!document.getElementById(anchor)) {
      location.replace(`?at=${encodeURIComponent(anchor)}`);
      return;
    }
  }
  /* Who cites an article differs from reader to reader: it comes after the text, which does not. */
  const placeCounts = (html) => {
    const counts = document.createElement("template");
    counts.innerHTML = html;
    counts.content.querySelectorAll("[data-cited-of]").forEach((row) => {
      document.getElementById(row.dataset.citedOf)?.append(row);
      window.htmx?.process(row);
    });
  };
  fetch(law.dataset.lawCounts, {credentials: "same-origin"})
    .then((answer) => (answer.ok ? answer.text() : ""))
    .then(placeCounts)
    .catch(() => {});

  const articles = [...law.querySelectorAll("[data-article]")];
  const line = () => document.querySelector(".header")?.getBoundingClientRect().bottom ?? 0;

  /* Articles stand in document order, so the one at the reading line is found by halving. */
  const presentArticle = () => {
    const aimed = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const target = aimed?.closest("[data-article]");
    if (target) {
      const box = target.getBoundingClientRect();
      if (scrollY < innerHeight || (box.bottom > line() && box.top < innerHeight)) return target;
    }
    let low = 0;
    let high = articles.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (articles[middle].getBoundingClientRect().bottom > line() + 24) high = middle;
      else low = middle + 1;
    }
    return scrollY > 0 ? articles[low] : null;
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-law-version]");
    const article = link && presentArticle();
    if (!article?.dataset.article) return;
    const address = new URL(link.href);
    address.searchParams.set("article", article.dataset.article);
    link.href = address.href;
  });

  /* A label shows that the link was copied. */
  document.addEventListener("click", (event) => {
    const tool = event.target.closest(".law-tool");
    if (!tool) return;
    tool.classList.add("is-copied");
    setTimeout(() => tool.classList.remove("is-copied"), 1600);
  });

  /* On narrow screens a place chosen in the contents closes them. */
  document.addEventListener("click", (event) => {
    const place = event.target.closest(".law-side a[href^='#']");
    const sheet = place?.closest("details.sheet");
    if (sheet && matchMedia("(max-width: 59.99rem)").matches) sheet.open = false;
  });

  /* Where the reader is. */
  const entries = new Map([...document.querySelectorAll(".law-contents a")].map((a) => [a.hash.slice(1), a]));
  if (!entries.size || !("IntersectionObserver" in window)) return;
  const headings = [...law.querySelectorAll(".law-heading")];
  let marked = null;
  const mark = () => {
    const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= line() + 80);
    const entry = entries.get(passed[passed.length - 1]?.id);
    if (entry === marked) return;
    marked?.removeAttribute("aria-current");
    entry?.setAttribute("aria-current", "location");
    marked = entry;
    const side = document.querySelector(".law-side");
    if (entry && side && side.scrollHeight > side.clientHeight) {
      const offset = entry.getBoundingClientRect().top - side.getBoundingClientRect().top;
      if (offset < 40 || offset > side.clientHeight - 60) side.scrollTop += offset - side.clientHeight / 3;
    }
  };
  const observer = new IntersectionObserver(mark, {rootMargin: "-80px 0px -40% 0px"});
  headings.forEach((heading) => observer.observe(heading));
  mark();
})();
