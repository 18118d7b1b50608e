/* Ticking hits to gather them, and telling which hit is opened. */
(() => {
  "use strict";

  const collect = (form) => {
    const bar = form.querySelector("[data-collect-bar]");
    if (!bar) return;
    const boxes = [...form.querySelectorAll("input[name=keys]")];
    const all = bar.querySelector("[data-collect-all]");
    const count = bar.querySelector("[data-collect-count]");
    const hint = count.textContent;
    const buttons = [...bar.querySelectorAll("button")];
    const show = () => {
      const ticked = boxes.filter((box) => box.checked).length;
      count.textContent = ticked ? count.dataset.text.replace("{count}", ticked) : hint;
      buttons.forEach((button) => { button.disabled = !ticked; });
      bar.classList.toggle("search-collect--idle", !ticked);
      all.checked = ticked > 0 && ticked === boxes.length;
      all.indeterminate = ticked > 0 && ticked < boxes.length;
    };
    all.parentElement.hidden = boxes.length === 0;
    all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); show(); });
    form.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    show();
  };

  /* Which place of the list is opened, however: the page is left before an answer comes, and needs none. */
  const trace = (results) => {
    const token = JSON.parse(document.body.getAttribute("hx-headers") || "{}")["X-CSRFToken"];
    const tell = (event) => {
      const row = event.target.closest(".row__title a")?.closest(".row");
      if (!row || event.button > 1 || !navigator.sendBeacon) return;
      const told = new FormData();
      told.set("csrfmiddlewaretoken", token);
      told.set("token", results.dataset.trace);
      told.set("position", row.dataset.position);
      navigator.sendBeacon(results.dataset.clicked, told);
    };
    results.addEventListener("click", tell);
    results.addEventListener("auxclick", tell);
  };

  document.querySelectorAll("[data-trace]").forEach(trace);
  document.querySelectorAll("form[data-collect]").forEach(collect);
})();
