/* Wagtail's field of tags puts a box to type in beside the field that has the label; this gives the box its name. */
(() => {
  "use strict";
  const name = () => document.querySelectorAll("[data-controller~=w-tag]").forEach((field) => {
    const label = field.id && document.querySelector(`label[for="${field.id}"]`);
    const box = field.parentElement.querySelector(".tagit-new input");
    if (label && box) box.setAttribute("aria-label", label.firstChild.textContent.trim());
  });
  addEventListener("load", name);
  document.addEventListener("w-formset:added", () => setTimeout(name));
})();
